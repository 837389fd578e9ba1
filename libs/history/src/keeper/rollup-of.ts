import type { OperationRollup, RequestStatus, RollupRecord } from '@omninode/contracts';
import { requestStatuses } from '@omninode/contracts';
import { mergeSketches, type Sketch } from '../sketch/sketch-sum.js';
import { increaseOf, type Chain, type Increase } from './cumulative.js';
import type { HourNotes, Source, Subject } from './subject.js';
import type { SubjectName } from './subject-name.js';
import { sumOfCounts, sumOfSketches } from './sum-of-runs.js';

/** Types of error that a rollup tells apart. */
const mostErrorTypes = 32;

/** The record of one hour of a subject; `undefined` when there is nothing to tell. */
export function rollupOf(subject: Subject, hour: number, closed: boolean): RollupRecord | undefined {
  const notes = subject.hours.get(hour);
  const head = { v: 1 as const, entity: subject.name.entity, hour, closed };
  switch (subject.name.k) {
    case 'operation':
      return operationRollup(subject, subject.name, notes, head);
    case 'counter': {
      const { k, name, unit, labels } = subject.name;
      let increase = 0;
      let isPartial = false;
      for (const part of increases(subject, hour)) {
        increase += part.value as number;
        isPartial ||= part.isPartial;
      }
      return { ...head, k, name, unit, labels, increase, ...(isPartial && { partial: true as const }) };
    }
    case 'gauge': {
      const { k, name, unit, labels } = subject.name;
      if (!notes?.gauge) return undefined;
      const { count, sum, min, max, last, values } = notes.gauge;
      return { ...head, k, name, unit, labels, count, sum, min, max, last, values: wireOf(values.value()) };
    }
    case 'statement': {
      if (!notes?.statement) return undefined;
      const { calls, seconds, slowestMeanSeconds, query } = notes.statement;
      return {
        ...head,
        ...subject.name,
        calls,
        seconds,
        ...(query !== undefined && { query }),
        ...(slowestMeanSeconds !== undefined && { slowestMeanSeconds }),
      };
    }
  }
}

function operationRollup(
  subject: Subject,
  name: SubjectName<'operation'>,
  notes: HourNotes | undefined,
  head: Pick<OperationRollup, 'v' | 'entity' | 'hour' | 'closed'>,
): OperationRollup {
  const requests: Partial<Record<RequestStatus, number>> = {};
  const durations = new Map<RequestStatus, Sketch[]>();
  const errors = new Map<string, number>();
  const sums = { timeouts: 0, slow: 0, retries: 0 };
  let isPartial = false;
  for (const { source, value, isPartial: isOfPart } of increases(subject, head.hour)) {
    isPartial ||= isOfPart;
    const { part, by } = source;
    if (part === 'durations') {
      if (isStatus(by)) durations.set(by, [...(durations.get(by) ?? []), value as Sketch]);
    } else if (part === 'requests') {
      if (isStatus(by)) requests[by] = (requests[by] ?? 0) + (value as number);
    } else if (part === 'errors') errors.set(by, (errors.get(by) ?? 0) + (value as number));
    else if (part !== 'value') sums[part] += value as number;
  }
  return {
    ...head,
    ...name,
    requests,
    durations: Object.fromEntries([...durations].map(([status, parts]) => [status, wireOf(mergeSketches(parts))])),
    errors: boundedErrors(errors),
    ...sums,
    exemplars: notes?.exemplars ?? [],
    ...(subject.folded > 0 && { folded: subject.folded }),
    ...(isPartial && { partial: true as const }),
  };
}

function* increases(
  subject: Subject,
  hour: number,
): Generator<Increase<number | Sketch> & { readonly source: Source }> {
  // In the order of their keys, so that sums of fractions come out the same whatever order the series came in.
  for (const [, source] of [...subject.sources].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const at = source.chain.cells.findLastIndex((cell) => cell.hourMs === hour);
    if (at < 0) continue;
    const { chain } = source;
    const increase =
      source.part === 'durations'
        ? increaseOf(chain as Chain<Sketch>, at, sumOfSketches)
        : increaseOf(chain as Chain<number>, at, sumOfCounts);
    yield { source, ...increase };
  }
}

/** The most frequent types, the rest as `other`. */
function boundedErrors(errors: ReadonlyMap<string, number>): Record<string, number> {
  const sorted = [...errors].filter(([, count]) => count > 0).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const bounded: Record<string, number> = Object.fromEntries(sorted.slice(0, mostErrorTypes));
  for (const [, count] of sorted.slice(mostErrorTypes)) bounded.other = (bounded.other ?? 0) + count;
  return bounded;
}

function isStatus(text: string): text is RequestStatus {
  return (requestStatuses as readonly string[]).includes(text);
}

export function wireOf({ scale, zeroCount, sum, offset, counts }: Sketch): [number, number, number, number, number[]] {
  return [scale, zeroCount, sum, offset, [...counts]];
}
