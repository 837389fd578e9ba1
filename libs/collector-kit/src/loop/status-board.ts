import { familyStatuses, statusEvent } from '@omninode/contracts';
import type { FamilyStatus, MeasurementWriter, StatusAttributes } from '@omninode/contracts';
import { collectorMetrics } from '../collector.metrics.js';

const restateAfterMs = 60_000;

/** What one pass of a family came to. */
export interface Outcome {
  readonly status: FamilyStatus;
  /** Empty when `ok`. */
  readonly reason: string;
  readonly durationMs: number;
  readonly roundTrips: number;
  readonly rows: number;
  readonly failures: number;
  readonly cut: number;
}

/** What is known of each family of a target, and what it cost so far. */
export class StatusBoard {
  readonly #entries = new Map<string, Entry>();
  #statedAtMs = -Infinity;

  constructor(private readonly takenAtMs: number) {}

  /** Notes a pass. True when the status is another one than before. */
  note(family: string, outcome: Outcome, atMs: number): boolean {
    const isNew = this.assume(family, outcome, atMs);
    const entry = this.#entries.get(family) as Entry;
    entry.outcome = outcome;
    entry.passes.set(outcome.status, (entry.passes.get(outcome.status) ?? 0) + 1);
    entry.roundTrips += outcome.roundTrips;
    entry.rows += outcome.rows;
    entry.failures += outcome.failures;
    return isNew;
  }

  /** Notes that a pass was left out. A family that the pass under way has read already keeps its status. */
  skip(family: string, wasRead: boolean, atMs: number): void {
    const reason = 'The pass before was still under way when this one was due.';
    if (!wasRead) this.assume(family, { status: 'skipped', reason }, atMs);
    const passes = this.#entries.get(family)?.passes;
    passes?.set('skipped', (passes.get('skipped') ?? 0) + 1);
  }

  /** Sets a status that came about without a pass of the family, so that no pass is counted. True when it is another one. */
  assume(family: string, { status, reason }: Pick<Outcome, 'status' | 'reason'>, atMs: number): boolean {
    const before = this.#entries.get(family);
    const isNew = before?.outcome.status !== status;
    if (!isNew && before.outcome.reason === reason) return false;
    const outcome = { ...(before?.outcome ?? nothingRead), status, reason };
    const sinceMs = isNew ? atMs : before.sinceMs;
    this.#entries.set(family, { ...(before ?? nothingDone()), outcome, sinceMs, isUnsaid: true });
    return isNew;
  }

  statuses(): StatusAttributes[] {
    return [...this.#entries].map(
      ([
        family,
        {
          outcome: { status, reason },
          sinceMs,
        },
      ]) => ({
        family,
        status,
        reason,
        since_ms: sinceMs,
      }),
    );
  }

  /** Writes all of it: the numbers each time, the words where they are new, and all words once a minute. */
  write(writer: MeasurementWriter, atMs: number, target: { readonly isUp: boolean; readonly opened: number }): void {
    const startMs = this.takenAtMs;
    put(writer, 'omninode_collector_target_up', [], target.isUp ? 1 : 0);
    put(writer, 'omninode_collector_connections_opened_total', [], target.opened, startMs);
    for (const [family, { outcome, passes, roundTrips, rows, failures }] of this.#entries) {
      for (const status of familyStatuses) {
        put(writer, 'omninode_collector_family_status', [family, status], outcome.status === status ? 1 : 0);
      }
      for (const [status, count] of passes) {
        put(writer, 'omninode_collector_family_passes_total', [family, status], count, startMs);
      }
      put(writer, 'omninode_collector_family_duration_seconds', [family], outcome.durationMs / 1000);
      put(writer, 'omninode_collector_family_round_trips_total', [family], roundTrips, startMs);
      put(writer, 'omninode_collector_family_rows_total', [family], rows, startMs);
      put(writer, 'omninode_collector_family_failures_total', [family], failures, startMs);
      put(writer, 'omninode_collector_family_label_sets_cut', [family], outcome.cut);
    }
    this.#say(writer, atMs);
  }

  #say(writer: MeasurementWriter, atMs: number): void {
    const all = atMs - this.#statedAtMs >= restateAfterMs;
    if (all) this.#statedAtMs = atMs;
    for (const attributes of this.statuses()) {
      const entry = this.#entries.get(attributes.family) as Entry;
      if (!all && !entry.isUnsaid) continue;
      writer.event({ name: statusEvent, timeMs: atMs, attributes: { ...attributes } });
      entry.isUnsaid = false;
    }
  }
}

interface Entry {
  outcome: Outcome;
  readonly sinceMs: number;
  isUnsaid: boolean;
  readonly passes: Map<FamilyStatus, number>;
  roundTrips: number;
  rows: number;
  failures: number;
}

const nothingRead = { durationMs: 0, roundTrips: 0, rows: 0, failures: 0, cut: 0 };
const nothingDone = () => ({ passes: new Map<FamilyStatus, number>(), roundTrips: 0, rows: 0, failures: 0 });

function put(
  writer: MeasurementWriter,
  name: keyof typeof collectorMetrics,
  labelValues: readonly string[],
  value: number,
  startMs?: number,
): void {
  const series = writer.series(name, collectorMetrics[name], labelValues);
  if (startMs !== undefined) writer.startedAt(series, startMs);
  writer.point(series, value);
}
