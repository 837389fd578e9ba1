import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestStatus } from '@omninode/contracts';
import { readHeaders, writeHeaders } from '../propagation/headers.js';
import type { HeadersLike, Incoming } from '../propagation/headers.js';
import type { ActiveSpan } from '../propagation/open-telemetry.js';
import { newSpanId } from '../propagation/random-ids.js';
import { ActiveRequest } from './active-request.js';
import { failureOf } from './failure.js';
import type { Operations } from './operations.js';
import { Origin } from './origin.js';
import type { SlowOperations } from './slow-operations.js';

export interface TraceOptions {
  /** Headers of the HTTP request or Kafka message that is served: the request goes on with their ids. */
  readonly headers?: HeadersLike;
  /** What is thrown after it aborted counts as cancelled, or as timeout where that was its reason. */
  readonly signal?: AbortSignal;
  /** How a thrown error counts, where it is not what it looks like: `success` for an answer such as 404. */
  statusOf?(error: unknown): RequestStatus | undefined;
}

export interface TracerOptions {
  readonly operations: Operations;
  readonly slow: SlowOperations;
  readonly activeSpan: ActiveSpan;
  readonly sampled: boolean;
  /** ms since 1970 UTC. */
  now(): number;
  onProblem(error: unknown): void;
}

/** Times requests and hands their ids on. Nothing that fails in here reaches the code that is traced. */
export class Tracer {
  private readonly storage = new AsyncLocalStorage<ActiveRequest>();

  constructor(private readonly options: TracerOptions) {}

  get current(): ActiveRequest | undefined {
    return this.storage.getStore();
  }

  trace<T>(
    component: string,
    operation: string,
    serve: (request: ActiveRequest) => T | PromiseLike<T>,
    options?: TraceOptions,
  ): T | Promise<T> {
    const request = this.begin(component, operation, options);
    let result: T | PromiseLike<T>;
    try {
      result = this.storage.run(request, serve, request);
    } catch (error) {
      this.fail(request, error, options);
      throw error;
    }
    if (isPromiseLike(result)) return this.whenSettled(request, result, options);
    this.end(request, 'success');
    return result;
  }

  begin(component: string, operation: string, options?: TraceOptions): ActiveRequest {
    const of = this.options.operations.find(component, operation);
    of.inProgress += 1;
    const origin = (options?.headers ? this.originOf(options.headers) : this.current?.origin) ?? this.newOrigin();
    return new ActiveRequest(of, origin, this.options.activeSpan(), options?.signal, performance.now());
  }

  run<T>(request: ActiveRequest, work: () => T): T {
    return this.storage.run(request, work);
  }

  fail(request: ActiveRequest, error: unknown, options?: TraceOptions): void {
    const { status, errorType } = failureOf(error, request.signal);
    this.end(request, this.given(error, options) ?? status, errorType);
  }

  /** Only the first end counts. */
  end(request: ActiveRequest, status: RequestStatus, errorType?: string): void {
    if (request.hasEnded) return;
    request.hasEnded = true;
    try {
      this.count(request, status, performance.now() - request.startedMs, errorType);
    } catch (problem) {
      this.options.onProblem(problem);
    }
  }

  /** The headers for whoever is asked next. Outside of a request they begin one. */
  inject(headers: object): void {
    const request = this.current;
    const origin = request?.origin ?? this.newOrigin();
    const parent = this.options.activeSpan() ??
      request?.asParent ?? { traceId: origin.traceId, spanId: newSpanId(), flags: origin.flags };
    writeHeaders(headers, { requestId: origin.requestId, parent, traceState: origin.traceState });
  }

  private count(request: ActiveRequest, status: RequestStatus, durationMs: number, errorType?: string): void {
    const label = status === 'success' || errorType === undefined ? undefined : request.of.failed(status, errorType);
    if (!request.of.ended(status, durationMs) || !this.options.slow.accepts(durationMs)) return;
    this.options.slow.add({ request, status, errorType: label, durationMs, endedAtMs: this.options.now() });
  }

  private async whenSettled<T>(request: ActiveRequest, result: PromiseLike<T>, options?: TraceOptions): Promise<T> {
    try {
      const value = await result;
      this.end(request, 'success');
      return value;
    } catch (error) {
      this.fail(request, error, options);
      throw error;
    }
  }

  private given(error: unknown, options?: TraceOptions): RequestStatus | undefined {
    try {
      return options?.statusOf?.(error);
    } catch (problem) {
      this.options.onProblem(problem);
      return undefined;
    }
  }

  private originOf(headers: HeadersLike): Origin | undefined {
    let incoming: Incoming;
    try {
      incoming = readHeaders(headers);
    } catch (problem) {
      this.options.onProblem(problem);
      return undefined;
    }
    return new Origin(incoming, this.options.sampled);
  }

  private newOrigin(): Origin {
    return new Origin(undefined, this.options.sampled);
  }
}

function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && typeof (value as PromiseLike<T>).then === 'function';
}
