import type { RollupExemplar } from '@omninode/contracts';
import type { RollupBook } from './rollup-book.js';

/** One part of a request that was slow. */
export interface TracedPart extends RollupExemplar {
  readonly service: string;
  readonly component: string;
  readonly operation: string;
}

/** The slow parts of one request, by its request id or its trace id, the first that began first. */
export function partsOfRequest(book: RollupBook, id: string): TracedPart[] {
  const found: TracedPart[] = [];
  for (const pages of book.of('operation')) {
    const { service, component, operation } = pages.subject;
    for (const { exemplars } of pages.partsWithin(0, Infinity)) {
      for (const exemplar of exemplars) {
        if (exemplar.requestId !== id && exemplar.traceId !== id) continue;
        found.push({ ...exemplar, service, component, operation });
      }
    }
  }
  return inOrderOfBegin(found, (part) => part);
}

/** Ends are told in whole milliseconds: begins that lie closer than this can not be told apart. */
const unsureMs = 2;

/** The first that began first, as their ends and lengths tell; of those that began together the longer one holds the other. */
export function inOrderOfBegin<T>(items: readonly T[], partOf: (item: T) => RollupExemplar): T[] {
  const beginOf = (item: T) => partOf(item).at - partOf(item).seconds * 1_000;
  const sorted = items.toSorted((a, b) => beginOf(a) - beginOf(b));
  for (let end = 1; end < sorted.length; end++) {
    for (let at = end; at > 0; at--) {
      const [before, after] = [sorted[at - 1]!, sorted[at]!];
      const areTogether = Math.abs(beginOf(after) - beginOf(before)) <= unsureMs;
      if (!areTogether || partOf(after).seconds <= partOf(before).seconds) break;
      sorted[at - 1] = after;
      sorted[at] = before;
    }
  }
  return sorted;
}
