import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
import { CodedError, topicDeclarations, type ExponentialValue, type MetricDefinition } from '@omninode/contracts';
import { aggregationErrors } from '../errors.js';
import type { PartitionState } from '../state/partition-state.js';
import type { ProducerState } from '../state/producer-state.js';
import type { RecentEvents } from '../state/recent-events.js';
import type { SequenceMarks } from '../state/sequence-marks.js';
import type { StoreLimits } from '../store/series-store.js';
import { jsonPieces } from './listed.js';
import { rebuild } from './rebuild.js';

const compress = promisify(gzip);

const version = 2;
/** What the state topic takes (`topicDeclarations.state.maxRecordBytes`), less the record's own frame. */
const largestBytes = topicDeclarations.state.maxRecordBytes! - 10_000;

/** The form of a partition's state in its snapshot record: JSON in columns, gzip level 1. */
export interface SnapshotForm {
  readonly version: typeof version;
  readonly nextOffset: number;
  readonly beganLateAtMs: number;
  readonly ledger: Readonly<Record<string, number>>;
  readonly newestData: readonly (readonly [entity: string, timeMs: number])[];
  readonly events: ReturnType<RecentEvents['toJSON']>;
  readonly entities: readonly string[];
  readonly metrics: readonly MetricDefinition[];
  /** Per series: index of its entity, index of its metric, label values. */
  readonly series: readonly (readonly [entity: number, metric: number, labelValues: readonly string[]])[];
  readonly values: readonly number[];
  readonly times: readonly number[];
  readonly seen: readonly number[];
  readonly starts: readonly number[];
  readonly exponentials: readonly (readonly [series: number, value: ExponentialValue])[];
  readonly producers: readonly (readonly [producer: ProducerForm, dictionary: readonly number[]])[];
  /** What lives beside the series, by name. Absent in snapshots of earlier versions. */
  readonly beside?: Readonly<Record<string, unknown>>;
}

/** A producer without what follows from the rest. */
export type ProducerForm = Omit<
  ProducerState,
  'marks' | 'parked' | 'dictionary' | 'known' | 'knownSlots' | 'isPlain' | 'fencedFromMs'
> & {
  readonly marks: Pick<SequenceMarks, 'base' | 'contiguous' | 'beyond' | 'givenUp'>;
  readonly parked: readonly number[];
};

const seriesPerSlice = 2_000;

/**
 * The snapshot record's value. The state must not change until this resolves; `breathe` is awaited between slices of at
 * most 2 000 series, so that a large state does not hold up the process. Throws SNAPSHOT_TOO_LARGE when the bus would refuse it.
 */
export async function encodeSnapshot(state: PartitionState, breathe: () => Promise<void>): Promise<Buffer> {
  const text: Buffer[] = [];
  for (const piece of pieces(state)) {
    text.push(Buffer.from(piece));
    await breathe();
  }
  const value = await compress(Buffer.concat(text), { level: 1 });
  if (value.length > largestBytes) {
    throw aggregationErrors.SNAPSHOT_TOO_LARGE({ bytes: value.length, limit: largestBytes, series: state.store.size });
  }
  return value;
}

/** The state that a snapshot holds. Throws SNAPSHOT_UNUSABLE when it is damaged or of another version: then the topic is read from its beginning. */
export function restoreSnapshot(value: Buffer, limits: StoreLimits): PartitionState {
  const form = readForm(value);
  if (form?.version !== version)
    throw aggregationErrors.SNAPSHOT_UNUSABLE({ reason: `its version is ${String(form?.version)}` });
  try {
    return rebuild(form, limits);
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    throw aggregationErrors.SNAPSHOT_UNUSABLE({ reason: 'its parts do not fit each other' }, cause);
  }
}

function readForm(value: Buffer): SnapshotForm | null {
  try {
    return JSON.parse(gunzipSync(value, { maxOutputLength: largestText }).toString()) as SnapshotForm | null;
  } catch (cause) {
    throw aggregationErrors.SNAPSHOT_UNUSABLE({ reason: 'it is damaged' }, cause);
  }
}

/** What a snapshot may be unpacked, bytes: far above any of ours, far below what memory holds. */
const largestText = 400_000_000;

/** The JSON text of a snapshot, in pieces that each take a moment. */
function* pieces(state: PartitionState): Generator<string> {
  const { store } = state;
  const entities = indexer<string>();
  const metrics = indexer<MetricDefinition>();
  yield `{"version":${version},"nextOffset":${state.nextOffset},"beganLateAtMs":${state.beganLateAtMs},"ledger":${JSON.stringify(state.ledger)}`;
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
  for (const producer of state.producers) {
    yield `${separator}[${JSON.stringify(producerForm(producer))},[`;
    yield* slices(producer.known, (index) => String(producer.dictionary[index]));
    yield ']]';
    separator = ',';
  }
  yield ']';
  yield* besideOf(state);
  yield '}';
}

function* besideOf({ beside }: PartitionState): Generator<string> {
  yield ',"beside":{';
  let separator = '';
  for (const [name, form] of Object.entries(beside)) {
    if (form === undefined) continue;
    yield `${separator}${JSON.stringify(name)}:`;
    yield* jsonPieces(form);
    separator = ',';
  }
  yield '}';
}

function producerForm(state: ProducerState): ProducerForm {
  const { producer, entity, incarnation, firstTimeMs, seenMs, missingSinceMs, dropped, closed } = state;
  const { marks, parked } = state;
  return {
    producer,
    entity,
    incarnation,
    firstTimeMs,
    seenMs,
    missingSinceMs,
    dropped,
    closed,
    marks: { base: marks.base, contiguous: marks.contiguous, beyond: marks.beyond, givenUp: marks.givenUp },
    parked: [...parked],
  };
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
