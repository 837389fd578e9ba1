import type { ClusterLink, KafkaApi } from '@omninode/kafka-link';
import type { Selection } from '../selection/selection.js';
import type { SilentBroker, SweepPart, SweepParts } from './sweep-parts.js';

/** What the readers of the parts work with. */
export interface SweepTools {
  readonly link: ClusterLink;
  readonly selection: Selection;
  readonly user: string | undefined;
  /** What is dear to read and seldom changes lives longer than a sweep. */
  readonly kept: KeptAnswers;
  readonly requestTimeoutMs: number;
  /** Another part of the same sweep. */
  part<Part extends SweepPart>(part: Part): Promise<SweepParts[Part]>;
  /** Asks several brokers at the same time. One that was silent once in this sweep is not asked again: it costs a timeout. */
  askEach<Request, Reply>(
    questions: ReadonlyMap<number, Request>,
    api: KafkaApi<Request, Reply>,
  ): Promise<{ readonly replies: ReadonlyMap<number, Reply>; readonly silent: readonly SilentBroker[] }>;
  readonly signal: AbortSignal;
}

export interface KeptAnswers {
  settings?: { readonly part: SweepParts['settings']; readonly readAtMs: number };
}

export type PartReaders = { readonly [Part in SweepPart]: (tools: SweepTools) => Promise<SweepParts[Part]> };

/** One look at a cluster: each part is read once, whoever asks for it. */
export class Sweep {
  readonly #parts = new Map<SweepPart, Promise<unknown>>();
  readonly #given = new Set<string>();
  readonly #silent = new Map<number, string>();
  readonly startMs = performance.now();
  #usedMs = this.startMs;

  constructor(
    private readonly readers: PartReaders,
    private readonly tools: Omit<SweepTools, 'part' | 'askEach' | 'signal'>,
  ) {}

  /** A family that comes again begins the next sweep, and so does one that comes long after the others. */
  isFor(family: string): boolean {
    return !this.#given.has(family) && performance.now() - this.#usedMs < maxGapMs;
  }

  async read<Part extends SweepPart>(
    family: string,
    parts: readonly Part[],
    signal: AbortSignal,
  ): Promise<Pick<SweepParts, Part>> {
    this.#given.add(family);
    const reply: Partial<Record<SweepPart, unknown>> = {};
    try {
      for (const part of parts) reply[part] = await this.#part(part, signal);
    } finally {
      this.#usedMs = performance.now();
    }
    return reply as Pick<SweepParts, Part>;
  }

  #part<Part extends SweepPart>(part: Part, signal: AbortSignal): Promise<SweepParts[Part]> {
    const read = () =>
      this.readers[part]({
        ...this.tools,
        signal,
        part: (other) => this.#part(other, signal),
        askEach: (questions, api) => this.#askEach(questions, api, signal),
      });
    // The cost changes while the sweep goes on.
    if (part === 'cost') return read();
    const reading = (this.#parts.get(part) ?? read()) as Promise<SweepParts[Part]>;
    this.#parts.set(part, reading);
    return reading;
  }

  async #askEach<Request, Reply>(
    questions: ReadonlyMap<number, Request>,
    api: KafkaApi<Request, Reply>,
    signal: AbortSignal,
  ) {
    const replies = new Map<number, Reply>();
    const silent: SilentBroker[] = [];
    const ask = async (broker: number, request: Request) => {
      const before = this.#silent.get(broker);
      if (before !== undefined) return void silent.push({ broker, code: before });
      try {
        const limits = { signal, timeoutMs: this.tools.requestTimeoutMs };
        const { reply } = await this.tools.link.ask(broker, api, request, limits);
        replies.set(broker, reply);
      } catch (error) {
        signal.throwIfAborted();
        const { code = 'UNEXPECTED' } = error as { code?: string };
        if (code === 'KAFKA_REQUEST_UNKNOWN') throw error;
        this.#silent.set(broker, code);
        silent.push({ broker, code });
      }
    };
    await Promise.all([...questions].map(([broker, request]) => ask(broker, request)));
    return { replies, silent: silent.toSorted((a, b) => a.broker - b.broker) };
  }
}

/** Longer than what lies between two families of a pass, shorter than the shortest interval. */
const maxGapMs = 500;
