import { PartitionState, type StoreLimits } from '@omninode/aggregation';
import { AlertEngine, parseRules, type MetricCatalogue, type Rule } from '@omninode/alerting';
import { decodeRecord, type AlertRecord, type Bus, type BusRecord, type Topics } from '@omninode/contracts';
import type { DryRun } from '@omninode/mesh-api';
import { alertErrors } from './errors.js';

export interface DryRunOptions {
  readonly bus: Bus;
  readonly topics: Topics;
  readonly catalogue: MetricCatalogue;
  readonly runbooksUrl: string;
  readonly limits: StoreLimits;
  /** Records that are played at most. */
  readonly mostRecords?: number;
  readonly timeoutMs?: number;
}

/** Producers repeat their dictionary within this time: who begins in the middle must have read it. */
const dictionaryMs = 2 * 60_000;
const mostTransitions = 1_000;

/** Plays the measurements on the bus through rules that are not in force. One at a time: it reads all that the bus keeps. */
export class DryRunner {
  private isRunning = false;

  constructor(private readonly options: DryRunOptions) {}

  /** Throws DRY_RUN_BUSY, and what the bus throws. */
  async run(text: string, fromMs: number): Promise<DryRun> {
    const { catalogue, runbooksUrl } = this.options;
    const { rules, problems } = parseRules(text, { file: 'rules', catalogue, runbooksUrl });
    if (problems.length > 0) return { ok: false, problems };
    if (this.isRunning) throw alertErrors.DRY_RUN_BUSY();
    this.isRunning = true;
    try {
      return await this.play(rules, fromMs);
    } finally {
      this.isRunning = false;
    }
  }

  private async play(rules: readonly Rule[], fromMs: number): Promise<DryRun> {
    const { bus, topics, mostRecords = 2_000_000, timeoutMs = 60_000 } = this.options;
    const deadline = AbortSignal.timeout(timeoutMs);
    const enough = new AbortController();
    const signal = AbortSignal.any([deadline, enough.signal]);
    const transitions: AlertRecord[] = [];
    const played = { records: 0, fromMs: Infinity, toMs: 0 };
    const partitions = await bus.partitionCount(topics.measurement);
    for (let partition = 0; partition < partitions && !signal.aborted; partition++) {
      const take = this.player(rules, partition, fromMs, (record) => void transitions.push(record));
      const onRecord = (record: BusRecord) => {
        if (signal.aborted || record.timestampMs < fromMs - dictionaryMs) return;
        played.records++;
        played.fromMs = Math.min(played.fromMs, record.timestampMs);
        played.toMs = Math.max(played.toMs, record.timestampMs);
        take(record);
        if (played.records >= mostRecords) enough.abort();
      };
      await bus.readToEnd(topics.measurement, partition, onRecord, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
    transitions.sort((a, b) => a.time - b.time);
    const cutShort = deadline.aborted
      ? `After ${timeoutMs / 1000} s it was ended: ask for fewer hours.`
      : enough.signal.aborted
        ? `After ${mostRecords} records it was ended: ask for fewer hours.`
        : undefined;
    return {
      ok: true,
      transitions: transitions.slice(0, mostTransitions),
      count: transitions.length,
      records: played.records,
      fromMs: played.records > 0 ? played.fromMs : undefined,
      toMs: played.records > 0 ? played.toMs : undefined,
      cutShort,
    };
  }

  /** Time is that of the records: what the clock would have decided, such as silence, is decided by them. */
  private player(
    rules: readonly Rule[],
    partition: number,
    fromMs: number,
    onTransition: (record: AlertRecord) => void,
  ): (record: BusRecord) => void {
    const engine = new AlertEngine(rules, {
      partition,
      hasOffsets: true,
      replayedAfterMs: Infinity,
      mostInstances: 20_000,
    });
    const state = new PartitionState(this.options.limits);
    let tickedMs = 0;
    state.onApplied = ({ entity }, nowMs) =>
      engine.afterRecord({ entity, store: state.store, offset: state.nextOffset - 1, nowMs });
    return ({ value, headers, key, offset, timestampMs }) => {
      state.take(decodeRecord(value, headers['content-type'], key), { offset }, timestampMs);
      if (timestampMs - tickedMs >= 1_000) {
        tickedMs = timestampMs;
        engine.tick(timestampMs, offset);
        engine.settle(timestampMs, offset, true);
      }
      if (engine.outbox.size === 0) return;
      const decided = [...engine.outbox.waiting()];
      engine.outbox.published(decided);
      for (const { replayed: _replayed, ...record } of decided) if (record.time >= fromMs) onTransition(record);
    };
  }
}
