import type { MeasurementEvent, RequestStatus } from '@omninode/contracts';
import type { ActiveRequest } from './active-request.js';

/** A request that took longer than the threshold of its operation. */
export interface SlowOperation {
  readonly request: ActiveRequest;
  readonly status: RequestStatus;
  readonly errorType: string | undefined;
  readonly durationMs: number;
  /** When it ended, ms since 1970 UTC. */
  readonly endedAtMs: number;
}

/** The slowest of an interval: at most `most` are kept, however many come. */
export class SlowOperations {
  /** The least slow first. */
  private kept: SlowOperation[] = [];

  constructor(private readonly most: number) {}

  /** Whether one that took this long would be kept. */
  accepts(durationMs: number): boolean {
    return this.kept.length < this.most || (this.most > 0 && durationMs > this.kept[0]!.durationMs);
  }

  add(operation: SlowOperation): void {
    if (!this.accepts(operation.durationMs)) return;
    if (this.kept.length === this.most) this.kept.shift();
    this.kept.push(operation);
    this.kept.sort((one, other) => one.durationMs - other.durationMs);
  }

  /** The slowest first; the next interval begins empty. */
  take(): MeasurementEvent[] {
    const taken = this.kept.reverse();
    this.kept = [];
    return taken.map(eventOf);
  }
}

function eventOf({ request, status, errorType, durationMs, endedAtMs }: SlowOperation): MeasurementEvent {
  const { component, name, slowAfterMs } = request.of;
  return {
    name: 'omninode.slow_operation',
    timeMs: endedAtMs,
    attributes: {
      component,
      operation: name,
      status,
      ...(errorType !== undefined && { error_type: errorType }),
      duration_seconds: durationMs / 1_000,
      threshold_seconds: slowAfterMs / 1_000,
      request_id: request.requestId,
      trace_id: request.traceId,
      span_id: request.spanId,
    },
  };
}
