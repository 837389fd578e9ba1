import type { MeasurementEvent, RollupExemplar } from '@omninode/contracts';

/** The client's `omninode.slow_operation`. */
export const slowOperationEvent = 'omninode.slow_operation';

const mostExemplars = 3;

export interface SlowOperation {
  readonly component: string;
  readonly operation: string;
  readonly exemplar: RollupExemplar;
}

/** What a slow operation's event says; `undefined` when it lacks what matters. Everything in it is somebody else's text. */
export function slowOperationOf({ attributes, timeMs }: MeasurementEvent): SlowOperation | undefined {
  const { component, operation, duration_seconds: seconds } = attributes;
  if (typeof component !== 'string' || typeof operation !== 'string') return undefined;
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds <= 1e9)) return undefined;
  const { status, error_type, request_id, trace_id, span_id } = attributes;
  return {
    component,
    operation,
    exemplar: {
      at: timeMs,
      seconds,
      status: textOf(status, 64) ?? 'unknown',
      ...optional('errorType', textOf(error_type, 256)),
      ...optional('requestId', textOf(request_id, 256)),
      ...optional('traceId', textOf(trace_id, 64)),
      ...optional('spanId', textOf(span_id, 64)),
    },
  };
}

/** The slowest of all, each once; equal in whatever order they come. */
export function slowest(exemplars: readonly RollupExemplar[]): RollupExemplar[] {
  const kept: RollupExemplar[] = [];
  for (const exemplar of exemplars) {
    if (kept.length === mostExemplars && bySlowness(exemplar, kept.at(-1)!) >= 0) continue;
    if (kept.some((other) => bySlowness(exemplar, other) === 0)) continue;
    kept.push(exemplar);
    kept.sort(bySlowness);
    if (kept.length > mostExemplars) kept.pop();
  }
  return kept;
}

/** The slowest first; 0 only for one and the same. */
function bySlowness(a: RollupExemplar, b: RollupExemplar): number {
  return b.seconds - a.seconds || b.at - a.at || compared(a.spanId, b.spanId) || compared(a.requestId, b.requestId);
}

function compared(a = '', b = ''): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function textOf(value: unknown, length: number): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, length).toWellFormed() : undefined;
}

function optional<K extends string>(key: K, value: string | undefined): { [key in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { [key in K]?: string };
}
