import { newSpanId } from '../propagation/random-ids.js';
import type { TraceParent } from '../propagation/trace-parent.js';
import type { Operation } from './operation.js';
import type { Origin } from './origin.js';

/** A request while it runs, as the code that serves it sees it. */
export interface TracedRequest {
  /** The same in every service that the request passes. */
  readonly requestId: string;
  /** W3C trace id, 32 hexadecimal digits. */
  readonly traceId: string;
  /** Of this part of the trace, 16 hexadecimal digits; the host's own span where it has one. */
  readonly spanId: string;
  /** Counts further attempts at what the request needs. */
  retried(times?: number): void;
}

export class ActiveRequest implements TracedRequest {
  hasEnded = false;
  private ownSpanId: string | undefined;

  constructor(
    readonly of: Operation,
    readonly origin: Origin,
    /** The host's own span in which it began. */
    private readonly span: TraceParent | undefined,
    readonly signal: AbortSignal | undefined,
    /** By the monotonic clock, ms. */
    readonly startedMs: number,
  ) {}

  get requestId(): string {
    return this.origin.requestId;
  }

  get traceId(): string {
    return this.span?.traceId ?? this.origin.traceId;
  }

  get spanId(): string {
    return this.span?.spanId ?? (this.ownSpanId ??= newSpanId());
  }

  /** What whoever is asked takes for its parent. */
  get asParent(): TraceParent {
    return { traceId: this.traceId, spanId: this.spanId, flags: this.span?.flags ?? this.origin.flags };
  }

  retried(times = 1): void {
    if (times > 0 && Number.isFinite(times)) this.of.retries.add(times);
  }
}
