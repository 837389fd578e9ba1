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
  return found.sort(byBegin);
}

/** By when they began, which the event tells by its end and its length. */
export function byBegin(a: RollupExemplar, b: RollupExemplar): number {
  return a.at - a.seconds * 1_000 - (b.at - b.seconds * 1_000) || b.seconds - a.seconds;
}
