import { requestMetrics } from '@omninode/contracts';
import type { RequestStatus } from '@omninode/contracts';
import type { ExponentialHistogram } from '@omninode/publisher';
import type { BoundedLabels } from '../meter/bounded-labels.js';
import { onceEach } from '../meter/instruments.js';
import type { Total } from '../meter/instruments.js';
import type { Meter } from '../meter/meter.js';

/** What is counted of one operation of one component. Everything that a request touches is at hand: nothing is looked up. */
export class Operation {
  inProgress = 0;
  readonly retries: Total;
  private readonly totals: Readonly<Record<RequestStatus, Total>>;
  private readonly timeouts: Total;
  private readonly slow: Total;
  private readonly durations: Partial<Record<RequestStatus, ExponentialHistogram>> = {};
  private readonly errorsOf: (errorType: string) => Total;

  constructor(
    readonly component: string,
    readonly name: string,
    /** What is slow, ms. */
    readonly slowAfterMs: number,
    private readonly meter: Meter,
    private readonly errorTypes: BoundedLabels,
  ) {
    const labels = { component, operation: name };
    const totalOf = (status: RequestStatus) =>
      meter.total(requestMetrics, 'omninode_requests_total', { ...labels, status });
    this.totals = {
      success: totalOf('success'),
      failure: totalOf('failure'),
      cancelled: totalOf('cancelled'),
      timeout: totalOf('timeout'),
    };
    this.retries = meter.total(requestMetrics, 'omninode_retry_attempts_total', labels);
    this.timeouts = meter.total(requestMetrics, 'omninode_timeout_failures_total', labels);
    this.slow = meter.total(requestMetrics, 'omninode_request_slow_operations_total', labels);
    this.errorsOf = onceEach((error_type) =>
      meter.total(requestMetrics, 'omninode_errors_total', { ...labels, error_type }),
    );
    const level = meter.level(requestMetrics, 'omninode_requests_in_progress', labels);
    meter.observe(() => level.set(this.inProgress));
  }

  /** Says whether it was slow. */
  ended(status: RequestStatus, durationMs: number): boolean {
    this.inProgress -= 1;
    this.totals[status].value += 1;
    (this.durations[status] ?? this.firstOf(status)).record(durationMs / 1_000);
    if (durationMs < this.slowAfterMs) return false;
    this.slow.value += 1;
    return true;
  }

  /** Counts an error that is not the caller's wish, and gives its label. */
  failed(status: RequestStatus, errorType: string): string {
    const label = this.errorTypes.valueOf(errorType);
    if (status === 'timeout') this.timeouts.add();
    if (status === 'failure' || status === 'timeout') this.errorsOf(label).add();
    return label;
  }

  private firstOf(status: RequestStatus): ExponentialHistogram {
    const labels = { component: this.component, operation: this.name, status };
    return (this.durations[status] = this.meter.distribution(
      requestMetrics,
      'omninode_request_duration_seconds',
      labels,
    ));
  }
}
