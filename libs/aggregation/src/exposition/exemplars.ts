import type { PartitionState } from '../state/partition-state.js';
import type { Series } from '../store/series-store.js';
import { numberText } from './page-buffer.js';

/** A request that stands for those of its bucket: who looks at the bucket can go on to its trace. */
export interface Exemplar {
  /** W3C trace id. */
  readonly traceId: string;
  /** How long it took, s. */
  readonly seconds: number;
  /** When it was told, ms since 1970 UTC. */
  readonly timeMs: number;
}

/** Exemplars of a series, the newest first; nothing where there are none. */
export type ExemplarsOf = (series: Series) => readonly Exemplar[] | undefined;

/** The only metric whose single values are known: its slow ones are told as events, with their traces. */
export const exemplifiedMetric = 'omninode_request_duration_seconds';

/** Sorting out the events costs more than a page of many series: how long the answer is good, ms. */
const goodForMs = 5_000;
const traceForm = /^[0-9a-f]{32}$/;
const noTrace = '0'.repeat(32);

/** The newest slow operations of each partition that carry a trace id. One instance serves many pages. */
export class RecentExemplars {
  private readonly known = new WeakMap<PartitionState, { readonly atMs: number; readonly of: ExemplarsOf }>();

  of(state: PartitionState, nowMs: number): ExemplarsOf {
    const known = this.known.get(state);
    if (known && nowMs - known.atMs < goodForMs && nowMs >= known.atMs) return known.of;
    const of = indexed(state);
    this.known.set(state, { atMs: nowMs, of });
    return of;
  }
}

interface Told extends Exemplar {
  readonly instance: string;
}

function indexed({ events }: PartitionState): ExemplarsOf {
  const bySeries = new Map<string, Told[]>();
  for (const { name, entity, producer, timeMs, attributes } of events.recent()) {
    const { trace_id: traceId, duration_seconds: seconds, component, operation, status } = attributes;
    if (name !== 'omninode.slow_operation' || typeof traceId !== 'string' || typeof seconds !== 'number') continue;
    // An id that is none would make the page unreadable, or lead nowhere.
    if (!traceForm.test(traceId) || traceId === noTrace || !(seconds >= 0 && seconds < Infinity)) continue;
    const key = keyOf(entity, component, operation, status);
    const told = bySeries.get(key) ?? [];
    bySeries.set(key, told);
    told.push({ traceId, seconds, timeMs, instance: producer.slice(producer.indexOf('/') + 1) });
  }
  return ({ entity, metric: { labelNames }, labelValues }) => {
    if (bySeries.size === 0) return undefined;
    const label = (name: string) => labelValues[labelNames.indexOf(name)];
    const told = bySeries.get(keyOf(entity, label('component'), label('operation'), label('status')));
    const instance = label('service_instance');
    return instance ? told?.filter((each) => each.instance === instance) : told;
  };
}

function keyOf(...parts: readonly unknown[]): string {
  return JSON.stringify(parts);
}

/** What stands behind the line of a bucket; empty where no exemplar lies in it. */
export function exemplarText(exemplars: readonly Exemplar[] | undefined, above: number, upTo: number): string {
  const found = exemplars?.find(({ seconds }) => seconds > above && seconds <= upTo);
  if (!found) return '';
  return ` # {trace_id="${found.traceId}"} ${numberText(found.seconds)} ${numberText(found.timeMs / 1000)}`;
}
