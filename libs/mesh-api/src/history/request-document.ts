import type { KeptEvent } from '@omninode/aggregation';
import { inOrderOfBegin, partsOfRequest, slowOperationEvent, slowOperationOf } from '@omninode/history';
import type { RollupBook, TracedPart } from '@omninode/history';
import { rfc3339 } from '../rfc3339.js';
import type { RequestAnswer } from './request-routes.js';
import { given } from './slow-operations-document.js';

type Part = RequestAnswer['parts'][number];

/** The slow parts of a request: from events where this replica has them, else from the exemplars of rollups. */
export function requestParts(id: string, events: readonly KeptEvent[], book: RollupBook): Part[] {
  const told = events.flatMap((event) => partOf(id, event));
  const known = new Set(told.map(identityOf));
  const ofRollups = partsOfRequest(book, id).filter((part) => !known.has(identityOf(part)));
  const parts = [
    ...told.map((part) => ({ part, source: 'event' as const })),
    ...ofRollups.map((part) => ({ part, source: 'rollup' as const })),
  ];
  return inOrderOfBegin(parts, ({ part }) => part).map(({ part, source }) => partDocument(part, source));
}

function partOf(id: string, event: KeptEvent): TracedPart[] {
  const slow = event.name === slowOperationEvent ? slowOperationOf(event) : undefined;
  if (!slow || (slow.exemplar.requestId !== id && slow.exemplar.traceId !== id)) return [];
  return [{ ...slow.exemplar, service: event.entity, component: slow.component, operation: slow.operation }];
}

function partDocument(part: TracedPart, source: Part['source']): Part {
  const { at, seconds, service, component, operation, status } = part;
  return {
    began_at: rfc3339(Math.round(at - seconds * 1_000)),
    ended_at: rfc3339(at),
    duration_seconds: seconds,
    service,
    component,
    operation,
    status,
    ...given('error_type', part.errorType),
    ...given('request_id', part.requestId),
    ...given('trace_id', part.traceId),
    ...given('span_id', part.spanId),
    source,
  };
}

function identityOf({ at, seconds, spanId, service, component, operation }: TracedPart): string {
  return JSON.stringify([at, seconds, spanId, service, component, operation]);
}
