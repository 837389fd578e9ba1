import type { TraceParent } from './trace-parent.js';

/** Gives the host's own span that is active now, if it has one. */
export type ActiveSpan = () => TraceParent | undefined;

/**
 * Where the host has OpenTelemetry's API, its spans are the parts of the trace and ours join them. The API is no dependency: a
 * host without it has no spans. Until it is loaded, and without it, there is no active span.
 */
export function loadOpenTelemetry(onProblem: (error: unknown) => void): ActiveSpan {
  let activeSpan: ActiveSpan = () => undefined;
  void import('@opentelemetry/api').then(
    ({ trace }) => (activeSpan = () => parentOf(trace.getActiveSpan())),
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') onProblem(error);
    },
  );
  return () => {
    try {
      return activeSpan();
    } catch (error) {
      onProblem(error);
      return undefined;
    }
  };
}

/** As much of OpenTelemetry's span as is needed here. */
interface Span {
  spanContext(): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number };
}

function parentOf(span: Span | undefined): TraceParent | undefined {
  if (!span) return undefined;
  const { traceId, spanId, traceFlags } = span.spanContext();
  // The API gives spans of zeros where no tracer is set up.
  if (/^0*$/.test(traceId) || /^0*$/.test(spanId)) return undefined;
  return { traceId, spanId, flags: traceFlags.toString(16).padStart(2, '0') };
}
