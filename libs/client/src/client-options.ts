import { topicNames } from '@omninode/contracts';
import type { BusPublisher } from '@omninode/contracts';
import type { SpoolSettings } from '@omninode/publisher';
import { clientErrors } from './errors.js';
import { defaultSlowAfterMs } from './requests/operations.js';

export interface ClientOptions {
  /** What the series belong to, such as `checkout`: the same for every instance of it. */
  readonly service: string;
  /** Which of its instances this is, such as the host's name: no two that run at once may share it. */
  readonly instance: string;
  /** The way to the mesh: `httpBus(…)`, or `kafkaBus(…)` with the host's own producer. */
  readonly bus: BusPublisher;
  /** Default: the mesh's measurement topic, `topicNames().measurement`. */
  readonly topic?: string;
  /** How often what was counted is sent, ms. Default 10 000. */
  readonly intervalMs?: number;
  /** What is slow, ms: for all, or by `component.operation` with `*` for the rest. Default 1 000. */
  readonly slowAfterMs?: number | Readonly<Record<string, number>>;
  /** How many of the slowest requests of an interval are told one by one. Default 10. */
  readonly slowestPerInterval?: number;
  /** Pairs of component and operation that are told apart; what is beyond is counted as `other`. Default 200. */
  readonly maxOperations?: number;
  /** Names of errors that are told apart. Default 50. */
  readonly maxErrorTypes?: number;
  /** Topics of a producer or consumer that are told apart. Default 50. */
  readonly maxTopics?: number;
  /** Whether whoever is asked shall record traces that begin here (`traceparent`). Default true. */
  readonly sampled?: boolean;
  /** Most memory for records that the mesh has not taken, bytes; beyond it the oldest are dropped and counted. Default 4 MiB. */
  readonly maxMemoryBytes?: number;
  /** Where records wait on disk when the mesh is away. Default: nowhere. */
  readonly spool?: SpoolSettings;
  /** Hears of what goes wrong in the client, for the log of the host. What it throws is lost. */
  onProblem?(error: unknown): void;
  /** ms since 1970 UTC. Default: the system's clock. */
  now?(): number;
}

export type ClientSettings = Required<Omit<ClientOptions, 'spool' | 'onProblem'>> &
  Pick<ClientOptions, 'spool' | 'onProblem'>;

/** With defaults. Throws `CLIENT_OPTION_INVALID`: at its start a service should hear of what can never work. */
export function settingsOf(options: ClientOptions): ClientSettings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings = { ...defaults, topic: topicNames().measurement, ...(given as unknown as ClientOptions) };
  for (const option of ['service', 'instance'] as const) {
    const value: unknown = settings[option];
    check(
      option,
      typeof value === 'string' && isName.test(value),
      'it has 1 to 120 characters without / and control characters',
    );
  }
  check('bus', typeof settings.bus?.publish === 'function', 'it is httpBus(…) or kafkaBus(…)');
  for (const option of ['intervalMs', 'maxOperations', 'maxErrorTypes', 'maxTopics', 'maxMemoryBytes'] as const) {
    check(option, settings[option] > 0 && settings[option] < 2 ** 31, 'it is a number above 0 and below 2^31');
  }
  check('slowestPerInterval', settings.slowestPerInterval >= 0, 'it is a number from 0 on');
  return settings;
}

const isName = /^[^/\p{Cc}\p{Cs}]{1,120}$/u;

const defaults = {
  intervalMs: 10_000,
  slowAfterMs: defaultSlowAfterMs,
  slowestPerInterval: 10,
  maxOperations: 200,
  maxErrorTypes: 50,
  maxTopics: 50,
  sampled: true,
  maxMemoryBytes: 4 * 1024 * 1024,
  now: Date.now,
} satisfies Partial<ClientOptions>;

function check(option: string, holds: boolean, detail: string): void {
  if (!holds) throw clientErrors.CLIENT_OPTION_INVALID({ option, detail });
}
