import { PartitionState } from '@omninode/aggregation';
import type { DecodedRecord, MeasurementEvent, MetricDefinition, RollupRecord } from '@omninode/contracts';
import { rollupOf } from '../keeper/rollup-of.js';
import { RollupKeeper, type KeeperOptions } from '../keeper/rollup-keeper.js';
import { mergeSketches, type Sketch } from '../sketch/sketch-sum.js';
import { sketchOfValue } from '../sketch/sketch-of.js';

export const tenMs = Date.UTC(2026, 10, 24, 10);

/** A state with its keeper, as a partition's owner has them. */
export interface Partition {
  readonly state: PartitionState;
  readonly keeper: RollupKeeper;
  nowMs: number;
}

export const keeperOptions: KeeperOptions = {
  operations: 100,
  reportSeries: 100,
  graceMs: 5 * 60_000,
  openEveryMs: 60_000,
};

export function newPartition(options: Partial<KeeperOptions> = {}): Partition {
  const state = new PartitionState({ series: 100_000, seriesPerEntity: 100_000 });
  return watched(state, new RollupKeeper({ ...keeperOptions, ...options }));
}

export function watched(state: PartitionState, keeper: RollupKeeper): Partition {
  const partition = { state, keeper, nowMs: tenMs + 24 * 3_600_000 };
  state.onApplied = (applied) => keeper.take(state, applied, partition.nowMs);
  return partition;
}

export function take({ state, nowMs }: Partition, taken: DecodedRecord, offset = state.nextOffset): void {
  const refused = state.take({ ok: true, record: taken }, { offset }, nowMs);
  if (refused) throw new Error(refused.detail);
}

/** The rollups of all hours that the keeper holds, in the order of their text. */
export function allRollups({ keeper }: Partition): RollupRecord[] {
  const found = [...keeper.subjects.byKey.values()].flatMap((subject) =>
    [...subject.hours.keys()].flatMap((hour) => rollupOf(subject, hour, true) ?? []),
  );
  return found.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** What a service says in a pass, all of it cumulative. */
export interface Pass {
  readonly atMs: number;
  readonly requests: number;
  /** Whole seconds of each request so far. */
  readonly durations: readonly number[];
  readonly lag: number;
  readonly events?: readonly MeasurementEvent[];
}

export interface Instance {
  readonly name: string;
  readonly startMs: number;
  readonly sequence: number;
}

const labelNames = ['service_name', 'service_instance', 'component', 'operation', 'status'];

/** A record in columns that brings its own dictionary, so that it may come in any order. */
export function record({ name, startMs, sequence }: Instance, pass: Pass, operation = 'pay'): DecodedRecord {
  const labels = ['checkout', name, 'api', operation, 'success'];
  const metrics = [
    metric('omninode_requests_total', 'counter', labelNames),
    metric('omninode_request_duration_seconds', 'exponential', labelNames),
    metric('omninode_kafka_consumer_group_lag_messages', 'gauge', ['target', 'group']),
  ];
  const value = sketchOfSeconds(pass.durations);
  return {
    producer: `checkout/${name}`,
    entity: 'checkout',
    incarnation: startMs,
    sequence,
    timeMs: pass.atMs,
    dictionary: {
      from: 0,
      metrics,
      series: [
        [0, labels],
        [1, labels],
        [2, ['checkout', name]],
      ],
    },
    data: {
      known: 3,
      indexes: [0, 2],
      values: [pass.requests, pass.lag],
      timeOffsetsMs: null,
      starts: [
        [0, startMs],
        [1, startMs],
      ],
      exponentials: pass.durations.length > 0 ? [[1, value]] : [],
    },
    events: pass.events ?? [],
    close: null,
    encoding: 'columns',
    rejected: [],
  };
}

export function sketchOfSeconds(seconds: readonly number[]): Sketch {
  return mergeSketches(seconds.map(sketchOfValue));
}

export function metric(name: string, kind: MetricDefinition['kind'], labels: readonly string[]): MetricDefinition {
  return { name, kind, unit: '', help: 'X.', labelNames: labels, bounds: [] };
}
