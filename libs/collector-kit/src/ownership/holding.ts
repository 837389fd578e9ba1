import type { MeasurementPublisher, StatusAttributes } from '@omninode/contracts';
import { errors } from '../errors.js';
import { withDeadline } from '../loop/deadline.js';
import type { Logger } from '../loop/logger.js';
import { retry } from '../loop/retry.js';
import { TargetWatch } from '../loop/target-watch.js';
import type { WatchSettings } from '../loop/target-watch.js';
import type { WatchableTarget } from '../reader.js';
import type { FamilyMemory } from './memory-record.js';
import type { MemoryTopic } from './memory-topic.js';

export interface HoldingParts<Target extends WatchableTarget, Query> {
  readonly kind: string;
  readonly id: string;
  readonly target: Target;
  /** What the owners before remembered: read once for all targets that are taken together. */
  readonly memories: Promise<ReadonlyMap<string, FamilyMemory>>;
  readonly memoryTopic: MemoryTopic;
  readonly publisher: MeasurementPublisher;
  readonly settings: WatchSettings<Target, Query>;
  /** Offset of the newest claim of this target that another process wrote, as far as is known; −1: none. */
  readonly othersClaim: () => number;
  /** Called when another process' later claim ended the watch. */
  readonly onFenced: () => void;
}

export type HoldingState = 'claiming' | 'watching' | 'fenced' | 'ended';

/** Memory is saved at most this often. */
const saveGapMs = 30_000;
/** How long an end may wait for the last save. */
const lastSaveDeadlineMs = 3_000;

/** One target in this process' hands: claimed, then watched under the claim's offset, until it is released or fenced. */
export class Holding<Target extends WatchableTarget, Query> {
  #state: HoldingState = 'claiming';
  #incarnation: number | undefined;
  #watch: TargetWatch<Target, Query> | undefined;
  #memory: FamilyMemory | undefined;
  #saved: FamilyMemory | undefined;
  #saving: Promise<void> | undefined;
  #savedAtMs = -Infinity;
  readonly #end = new AbortController();
  readonly #ended: Promise<void>;

  constructor(private readonly parts: HoldingParts<Target, Query>) {
    this.#ended = this.#hold().catch((error: unknown) => {
      this.#state = 'ended';
      if (!isAbort(error)) this.#logger.error('A target can not be watched.', { target: parts.id, error });
    });
  }

  get state(): HoldingState {
    return this.#state;
  }

  /** The offset of its claim; `undefined` until it is acknowledged. */
  get incarnation(): number | undefined {
    return this.#incarnation;
  }

  statuses(): readonly StatusAttributes[] {
    return this.#watch?.statuses() ?? [];
  }

  /** Gives the target up: what is under way ends, what is known is saved, the producer closes. */
  async release(): Promise<void> {
    this.#end.abort();
    await this.#ended;
  }

  /** Another process claimed the target later: it is theirs, whatever the group says. */
  fenceBy(claim: number): void {
    if (this.#incarnation === undefined || claim <= this.#incarnation || this.#state !== 'watching') return;
    this.#state = 'fenced';
    this.#logger.warn('Another process claimed the target: it is left to it.', {
      target: this.parts.id,
      claim,
      incarnation: this.#incarnation,
    });
    this.#end.abort();
  }

  /** A former owner saved after our claim and buried it: what the next owner reads must be ours. */
  repeatSave(): void {
    this.#savedAtMs = -Infinity;
    this.#saved = undefined;
    this.#saveIfDue();
  }

  async #hold(): Promise<void> {
    const { kind, id, target, memories, memoryTopic, publisher, settings, othersClaim } = this.parts;
    const { clock } = settings;
    const { signal } = this.#end;
    const memory = (await orAborted(memories, signal)).get(id) ?? {};
    const onFailure = (error: unknown) => this.#logger.warn('A target can not be claimed yet.', { target: id, error });
    const claiming = retry(() => memoryTopic.claim(id, memory), { clock, signal, onFailure });
    const incarnation = await orAborted(claiming, signal);
    this.#incarnation = incarnation;
    this.#memory = this.#saved = memory;
    this.#state = 'watching';
    this.fenceBy(othersClaim());
    const writer = publisher.open({
      producer: `${kind}/${id}`,
      entity: id,
      incarnation,
      labels: { ...target.labels, target: id },
    });
    this.#watch = new TargetWatch(settings, {
      id,
      target,
      writer,
      memory,
      onMemory: (changed) => this.#remember(changed),
    });
    this.#logger.info('The target is watched.', { target: id, incarnation });
    await untilAborted(signal);
    await this.#watch.stop();
    writer.close(clock.nowMs());
    await this.#saving;
    if (this.state === 'fenced') return this.parts.onFenced();
    await this.#saveLast();
    this.#state = 'ended';
  }

  #remember(memory: FamilyMemory): void {
    this.#memory = memory;
    this.#saveIfDue();
  }

  #saveIfDue(): void {
    const { clock } = this.parts.settings;
    if (this.#state !== 'watching' || this.#saving || clock.elapsedMs() - this.#savedAtMs < saveGapMs) return;
    this.#saving = this.#save()
      .catch((error: unknown) => this.#logger.warn('A memory can not be saved yet.', { target: this.parts.id, error }))
      .finally(() => (this.#saving = undefined));
  }

  async #save(): Promise<void> {
    const memory = this.#memory as FamilyMemory;
    await this.parts.memoryTopic.save(this.parts.id, this.#incarnation as number, memory);
    this.#saved = memory;
    this.#savedAtMs = this.parts.settings.clock.elapsedMs();
  }

  async #saveLast(): Promise<void> {
    if (this.#memory === this.#saved) return;
    const { clock } = this.parts.settings;
    const limits = { clock, deadlineMs: lastSaveDeadlineMs, signal: new AbortController().signal };
    const onTimeout = () => errors.DEADLINE_PASSED({ deadlineMs: lastSaveDeadlineMs });
    await withDeadline(() => this.#save(), { ...limits, onTimeout }).catch((error: unknown) =>
      this.#logger.warn('A last memory was not saved: the next owner begins with an older one.', {
        target: this.parts.id,
        error,
      }),
    );
  }

  get #logger(): Logger {
    return this.parts.settings.logger;
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** A bus that is away may keep us waiting for long; an end does not wait for it. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = untilAborted(signal).then(() => Promise.reject(signal.reason as Error));
  return Promise.race([work, aborted]);
}

function isAbort(error: unknown): boolean {
  return (error as Error).name === 'AbortError';
}
