import { AlertEngine, meshRecord, type EngineForm } from '@omninode/alerting';
import { PartitionState, type OwnSample } from '@omninode/aggregation';
import { errorCode, type AlertRecord, type DecodedRecord } from '@omninode/contracts';
import type { CompanionContext, CompanionFactory, FlushMoment, PartitionCompanion } from '../companion.js';
import { readTransitions } from './read-transitions.js';
import type { RuleBook } from './rule-book.js';

export interface AlertCompanionOptions {
  readonly book: RuleBook;
  readonly replayedAfterMs: number;
  readonly instancesPerPartition: number;
  /** What alerting and its receivers say of themselves, judged with what the mesh says of itself. */
  ownSamples(): readonly OwnSample[];
  /** Told of each companion when it is made, so that its alerts can be shown. */
  onMade(companion: AlertCompanion): void;
}

/** The alerts of each partition, beside its series and in the same snapshot. */
export function alertCompanion(options: AlertCompanionOptions): CompanionFactory {
  return (context) => {
    const companion = new AlertCompanion(options, context);
    options.onMade(companion);
    return companion;
  };
}

/** As the snapshot of a partition holds it. */
interface CompanionForm {
  readonly series: EngineForm;
  /** Alerts on the mesh as a whole; with partition 0. */
  readonly mesh?: EngineForm;
}

const tickMs = 1_000;
const meshEveryMs = 5_000;
/** Summaries of all partitions and targets are read by then: what the mesh does not speak of is not there any more. */
const meshGraceMs = 60_000;
/** Transitions in one call of the bus. */
const batchSize = 500;
const meshLimits = { series: 50_000, seriesPerEntity: 50_000 };

/**
 * The alerts of one partition: the engine, and the way of its transitions to the alert topic. Nothing is told to anybody before it
 * is there; what can't be published stays due, and moves with the snapshot.
 */
export class AlertCompanion implements PartitionCompanion {
  readonly name = 'alerts';
  revision = 0;
  /** When it was asked to publish last, ms: nobody asks one whose partition is another's by now. */
  flushedMs = 0;
  private series: AlertEngine;
  private mesh: AlertEngine | undefined;
  private meshState: PartitionState | undefined;
  private generation = 0;
  private tickedMs = 0;
  private meshMs = 0;
  /** When it was caught up first. */
  private restoredMs = 0;
  private isFailing = false;

  constructor(
    private readonly options: AlertCompanionOptions,
    readonly context: CompanionContext,
  ) {
    this.series = this.newEngine(true);
  }

  async restore(form: unknown, signal: AbortSignal): Promise<void> {
    const { book } = this.options;
    const { bus, topics, partition } = this.context;
    await book.ready();
    const endOffset = await bus.endOffset(topics.measurement, partition);
    const told = await readTransitions({ bus, topics, partition, endOffset, signal });
    const { series, mesh } = (form ?? {}) as Partial<CompanionForm>;
    const state = this.context.state();
    this.generation = book.generation;
    this.series = this.newEngine(true);
    this.series.restore(series, state.store, { timeMs: 0, nowMs: 0, offset: state.nextOffset - 1 });
    this.series.adopt(told.filter(({ offset }) => offset !== undefined));
    if (partition !== 0) return;
    this.mesh = this.newEngine(false);
    this.mesh.restore(mesh, undefined, { timeMs: 0, nowMs: 0, offset: 0 });
    this.mesh.adopt(told.filter(({ offset }) => offset === undefined));
    this.meshState = this.newMeshState();
  }

  afterRecord({ entity }: DecodedRecord, nowMs: number): void {
    const state = this.context.state();
    this.series.afterRecord({ entity, store: state.store, offset: state.nextOffset - 1, nowMs });
  }

  async flush({ nowMs, isCaughtUp, isCurrent }: FlushMoment): Promise<void> {
    this.flushedMs = nowMs;
    this.takeRules(nowMs);
    if (isCaughtUp) this.decideByClock(nowMs);
    for (const engine of this.engines()) await this.publish(engine, isCurrent);
  }

  form(): CompanionForm {
    return { series: this.series.form(), ...(this.mesh && { mesh: this.mesh.form() }) };
  }

  engines(): AlertEngine[] {
    return this.mesh ? [this.series, this.mesh] : [this.series];
  }

  private takeRules(nowMs: number): void {
    const { book } = this.options;
    if (book.generation === this.generation) return;
    this.generation = book.generation;
    const offset = this.context.state().nextOffset - 1;
    for (const engine of this.engines()) engine.replaceRules(book.rules, { timeMs: nowMs, nowMs, offset });
    this.revision++;
  }

  private decideByClock(nowMs: number): void {
    const { book } = this.options;
    const offset = this.context.state().nextOffset - 1;
    if (nowMs - this.meshMs >= meshEveryMs) this.feedMesh(nowMs);
    if (nowMs - this.tickedMs >= tickMs) {
      this.tickedMs = nowMs;
      for (const engine of this.engines()) engine.tick(nowMs, offset);
    }
    this.series.settle(nowMs, offset, book.isComplete);
    this.restoredMs ||= nowMs;
    this.mesh?.settle(nowMs, offset, book.isComplete && nowMs - this.restoredMs > meshGraceMs);
  }

  /** What the mesh says of itself, every few seconds. It is not kept: its owner says it anew at once. */
  private feedMesh(nowMs: number): void {
    this.meshMs = nowMs;
    const { meshState } = this;
    if (!meshState) return;
    const record = meshRecord([...this.context.meshSamples(), ...this.options.ownSamples()], nowMs);
    meshState.take({ ok: true, record }, { offset: meshState.nextOffset }, nowMs);
    meshState.forget(nowMs);
  }

  private async publish(engine: AlertEngine, isCurrent: () => boolean): Promise<void> {
    const { bus, topics } = this.context;
    while (engine.outbox.size > 0 && isCurrent()) {
      const records = engine.outbox.waiting().slice(0, batchSize);
      const values = records.map((record) => ({
        topic: topics.alert,
        key: record.fingerprint,
        value: Buffer.from(JSON.stringify(record)),
      }));
      try {
        await bus.publish(values);
      } catch (error) {
        this.noteFailure(error, records);
        return;
      }
      engine.outbox.published(records);
      this.revision++;
      this.noteSuccess();
    }
  }

  private noteFailure(error: unknown, records: readonly AlertRecord[]): void {
    if (this.isFailing) return;
    this.isFailing = true;
    const { partition, log } = this.context;
    log.warn('Transitions of alerts can not be published; they stay due.', {
      partition,
      code: errorCode(error),
      due: records.length,
    });
  }

  private noteSuccess(): void {
    if (!this.isFailing) return;
    this.isFailing = false;
    this.context.log.info('Transitions of alerts are published again.', { partition: this.context.partition });
  }

  private newEngine(hasOffsets: boolean): AlertEngine {
    const { book, replayedAfterMs, instancesPerPartition: mostInstances } = this.options;
    const { partition } = this.context;
    return new AlertEngine(book.rules, { partition, hasOffsets, replayedAfterMs, mostInstances });
  }

  private newMeshState(): PartitionState {
    const state = new PartitionState(meshLimits);
    state.onApplied = ({ entity }, nowMs) => this.mesh?.afterRecord({ entity, store: state.store, offset: 0, nowMs });
    return state;
  }
}
