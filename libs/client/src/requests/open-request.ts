import type { RequestStatus } from '@omninode/contracts';
import type { TracedRequest } from './active-request.js';
import type { TraceOptions, Tracer } from './tracer.js';

/** A request that ends when whoever began it says so. Only the first end counts. */
export interface OpenRequest extends TracedRequest {
  /** Runs code in it: what that asks for belongs to the request. */
  run<T>(work: () => T): T;
  end(status: RequestStatus): void;
  fail(error: unknown): void;
}

export function openRequest(tracer: Tracer, component: string, operation: string, options?: TraceOptions): OpenRequest {
  const request = tracer.begin(component, operation, options);
  return {
    get requestId() {
      return request.requestId;
    },
    get traceId() {
      return request.traceId;
    },
    get spanId() {
      return request.spanId;
    },
    retried: (times) => request.retried(times),
    run: (work) => tracer.run(request, work),
    end: (status) => tracer.end(request, status),
    fail: (error) => tracer.fail(request, error, options),
  };
}
