import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
import type { ExponentialValue, MetricDefinition } from '@omninode/contracts';
import { aggregationErrors } from '../errors.js';
import type { PartitionState } from '../state/partition-state.js';
import type { KeptEvent } from '../state/recent-events.js';
import type { StoreLimits } from '../store/series-store.js';
import { rebuild } from './rebuild.js';

const compress = promisify(gzip);

/** The form of a partition's state in its snapshot record: JSON in columns, gzip level 1. */
export interface SnapshotForm {
  readonly version: 1;
  readonly nextOffset: number;
  readonly beganLateAtMs: number;
  readonly ledger: Readonly<Record<string, number>>;
  readonly newestData: readonly (readonly [entity: string, timeMs: number])[];
  readonly events: { readonly newest: readonly KeptEvent[]; readonly ring: readonly KeptEvent[] };
  readonly entities: readonly string[];
  readonly metrics: readonly MetricDefinition[];
  /** Per series: index of its entity, index of its metric, label values. */
  readonly series: readonly (readonly [entity: number, metric: number, labelValues: readonly string[]])[];
  readonly values: readonly number[];
  readonly times: readonly number[];
  readonly seen: readonly number[];
  readonly starts: readonly number[];
  readonly exponentials: readonly (readonly [series: number, value: ExponentialValue])[];
  readonly producers: readonly ProducerForm[];
}

export interface ProducerForm {
  readonly producer: string;
  readonly entity: string;
  readonly incarnation: number;
  readonly marks: { readonly base: number; readonly contiguous: number; readonly beyond: readonly number[] };
  readonly dictionary: readonly number[];
  readonly firstTimeMs: number;
  readonly seenMs: number;
  readonly dropped: number;
  readonly closed: boolean;
}

const seriesPerSlice = 2_000;

/**
 * The snapshot record's value. The state must not change until this resolves; `breathe` is awaited between slices of at
 * most 2 000 series, so that a large state does not hold up the process.
 */
export async function encodeSnapshot(state: PartitionState, breathe: () => Promise<void>): Promise<Buffer> {
  const text: string[] = [];
  for (const piece of pieces(state)) {
    text.push(piece);
    await breathe();
  }
  return compress(text.join(''), { level: 1 });
}

/** The state that a snapshot holds. Throws SNAPSHOT_UNUSABLE when it is damaged or of another version: then the topic is read from its beginning. */
export function restoreSnapshot(value: Buffer, limits: StoreLimits): PartitionState {
  let form: SnapshotForm;
  try {
    form = JSON.parse(gunzipSync(value).toString()) as SnapshotForm;
  } catch (cause) {
    throw aggregationErrors.SNAPSHOT_UNUSABLE({ reason: 'it is damaged' }, cause);
  }
  if (form.version !== 1)
    throw aggregationErrors.SNAPSHOT_UNUSABLE({ reason: `its version is ${String(form.version)}` });
  return rebuild(form, limits);
}

/** The JSON text of a snapshot, in pieces that each take a moment. */
function* pieces(state: PartitionState): Generator<string> {
  const { store } = state;
  const entities = indexer<string>();
  const metrics = indexer<MetricDefinition>();
  yield `{"version":1,"nextOffset":${state.nextOffset},"beganLateAtMs":${state.beganLateAtMs},"ledger":${JSON.stringify(state.ledger)}`;
  yield `,"newestData":${JSON.stringify([...state.newestData])},"events":${JSON.stringify(state.events)}`;
  yield ',"series":[';
  yield* slices(store.size, (number) => {
    const { entity, metric, labelValues } = store.series[number]!;
    return JSON.stringify([entities.of(entity), metrics.of(metric), labelValues]);
  });
  yield `],"entities":${JSON.stringify(entities.all)},"metrics":${JSON.stringify(metrics.all)}`;
  for (const name of ['times', 'seen', 'starts'] as const) {
    yield `,"${name}":[`;
    yield* slices(store.size, (number) => String(store[name][number]));
    yield ']';
  }
  yield ',"values":[';
  yield* slices(store.usedSlots, (slot) => String(store.values[slot]));
  yield `],"exponentials":${JSON.stringify([...store.exponentials])},"producers":[`;
  let separator = '';
  for (const { marks, dictionary, known, knownSlots: _slots, isPlain: _plain, ...rest } of state.producers) {
    const form: ProducerForm = {
      ...rest,
      marks: { base: marks.base, contiguous: marks.contiguous, beyond: marks.beyond },
      dictionary: [...dictionary.subarray(0, known)],
    };
    yield separator + JSON.stringify(form);
    separator = ',';
  }
  yield ']}';
}

function* slices(count: number, textOf: (at: number) => string): Generator<string> {
  for (let from = 0; from < count; from += seriesPerSlice) {
    let text = from === 0 ? '' : ',';
    for (let at = from; at < Math.min(count, from + seriesPerSlice); at++) text += (at > from ? ',' : '') + textOf(at);
    yield text;
  }
}

/** Numbers things in the order in which they are first seen. */
function indexer<T>(): { readonly all: readonly T[]; of(thing: T): number } {
  const numbers = new Map<T, number>();
  const all: T[] = [];
  return {
    all,
    of(thing) {
      const known = numbers.get(thing);
      if (known !== undefined) return known;
      numbers.set(thing, all.length);
      return all.push(thing) - 1;
    },
  };
}
