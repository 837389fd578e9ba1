import { LabelSets, measure } from '@omninode/collector-kit';
import type { Measured, Pass } from '@omninode/collector-kit';
import { Secret } from '@omninode/service-kit';
import { toBreakerTarget } from '../breaker-target.js';
import type { BreakerTarget, PageFormat } from '../breaker-target.js';
import { breakers } from '../families/breakers.js';
import type { BreakerReply } from '../page.js';

/** Pages as a service answered them, one after another. */
export interface Recording {
  readonly recordedFrom: string;
  readonly format: PageFormat;
  readonly passes: readonly RecordedPass[];
}

export interface RecordedPass {
  /** When it was read, ms since 1970 UTC. */
  readonly atMs: number;
  readonly text: string;
  readonly events?: string;
}

/** What a pass came to: `name{label="value"}` → value. */
export interface ReplayedPass {
  readonly values: Readonly<Record<string, number>>;
  readonly starts: Readonly<Record<string, number | null>>;
  readonly events: Measured['events'];
  readonly failures: readonly string[];
  readonly report: Measured['report'];
  readonly cut: number;
}

/** Gives pages to the family as the collector does; memory goes from pass to pass as JSON, as from owner to owner. */
export function replay(
  { format, passes }: Pick<Recording, 'format' | 'passes'>,
  options: Partial<BreakerTarget> = {},
): ReplayedPass[] {
  const target = toBreakerTarget(
    { id: 'recorded', url: new Secret('http://recorded/metrics'), labels: {} },
    { format, ...options },
  );
  const { rules, criticality, criticalities } = target;
  const replyOf = (text: string): BreakerReply => ({ text, format, rules, criticality, criticalities });
  const labelSets = new LabelSets(breakers);
  let memory: unknown;
  return passes.map(({ atMs, text, events }) => {
    const pass: Pass = {
      ...untimed,
      atMs,
      takenAtMs: passes[0]?.atMs ?? 0,
      memory: breakers.parseMemory?.(memory),
      followUp: events === undefined ? undefined : replyOf(events),
      followUpFailed: format === 'resilience4j-actuator' && events === undefined,
    };
    const measured = measure(breakers, replyOf(text), pass, labelSets);
    memory = JSON.parse(JSON.stringify(measured.memory ?? null));
    return present(measured);
  });
}

/** Pages of our own making, ten seconds apart. */
export function pages(...texts: readonly string[]): Pick<Recording, 'format' | 'passes'> {
  return { format: 'prometheus', passes: texts.map((text, at) => ({ atMs: firstPassMs + at * 10_000, text })) };
}

export const firstPassMs = 1_760_000_000_000;

const untimed = { answerMs: 2, connectMs: 0, followUpMs: 1 };

function present({ values, events, failures, report, cut }: Measured): ReplayedPass {
  const named = values.map(({ name, metric, labelValues, value, distribution, startMs }) => {
    const labels = metric.labels.map((label, at) => `${label}="${labelValues[at]}"`).join(',');
    return { series: labels ? `${name}{${labels}}` : name, value: distribution ? distribution.sum : value, startMs };
  });
  return {
    values: Object.fromEntries(named.map(({ series, value }) => [series, value])),
    starts: Object.fromEntries(
      named.filter(({ series }) => /_total\b|recovery/.test(series)).map(({ series, startMs }) => [series, startMs]),
    ),
    events,
    failures: failures.map(String),
    report,
    cut,
  };
}
