import type { RollupExemplar } from '@omninode/contracts';
import type { OperationStatistics } from '@omninode/history';
import { rfc3339 } from '../rfc3339.js';
import type { SlowOperationAnswer } from './slow-operations-routes.js';

export function slowOperationDocument(of: OperationStatistics): SlowOperationAnswer {
  return {
    kind: of.kind,
    service: of.service,
    component: of.component,
    operation: of.operation,
    count: of.count,
    ...given('errors', of.errors),
    ...given('error_ratio', of.errorRatio),
    total_seconds: of.totalSeconds,
    ...given('mean_seconds', of.meanSeconds),
    ...given('p50_seconds', of.p50Seconds),
    ...given('p95_seconds', of.p95Seconds),
    ...given('p99_seconds', of.p99Seconds),
    ...given('max_seconds', of.maxSeconds),
    ...given('slow', of.slow),
    exemplars: of.exemplars.map(exemplarDocument),
    ...given('query', of.query),
    ...given('folded', of.folded),
  };
}

export function exemplarDocument(exemplar: RollupExemplar): SlowOperationAnswer['exemplars'][number] {
  return {
    at: rfc3339(exemplar.at),
    duration_seconds: exemplar.seconds,
    status: exemplar.status,
    ...given('error_type', exemplar.errorType),
    ...given('request_id', exemplar.requestId),
    ...given('trace_id', exemplar.traceId),
    ...given('span_id', exemplar.spanId),
  };
}

/** What is not known is absent, never 0 and never null. */
export function given<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [key in K]?: V };
}
