import { counter, defineEvents, defineMetrics, exponential, gauge } from '../catalogue.js';

/**
 * How a service tells of its requests, in the strategy document's names. `component` is the part of the service, `operation`
 * what was asked of it; both are few and fixed, what is beyond the producer's cap is told as `other`.
 */

/**
 * How a request ended, the label `status`. `cancelled`: whoever asked gave up, which is nobody's fault and counts as no error.
 * `timeout`: it took longer than it may; it counts as an error too.
 */
export const requestStatuses = ['success', 'failure', 'cancelled', 'timeout'] as const;
export type RequestStatus = (typeof requestStatuses)[number];

export const requestMetrics = defineMetrics({
  omninode_request_duration_seconds: exponential(
    'seconds',
    'How long requests took, by how they ended. Absent for ends that never occurred.',
    ['component', 'operation', 'status'],
  ),
  omninode_requests_total: counter(
    'requests',
    'Requests by how they ended: success, failure, cancelled, timeout; 0 from the first request of the operation on.',
    ['component', 'operation', 'status'],
  ),
  omninode_requests_in_progress: gauge('requests', 'Requests that have begun and not ended.', [
    'component',
    'operation',
  ]),
  omninode_errors_total: counter(
    'errors',
    'Requests that ended in failure or timeout, by the name or code of the error. Absent for errors that never occurred.',
    ['component', 'operation', 'error_type'],
  ),
  omninode_timeout_failures_total: counter('errors', 'Requests that ended because they took too long.', [
    'component',
    'operation',
  ]),
  omninode_retry_attempts_total: counter(
    'operations',
    'Further attempts within requests, as the service reports them; the first attempt is none.',
    ['component', 'operation'],
  ),
  omninode_request_slow_operations_total: counter(
    'operations',
    'Requests that took longer than the threshold of their operation; the slowest are told as events too.',
    ['component', 'operation'],
  ),
});

export const requestEvents = defineEvents({
  'omninode.slow_operation': {
    meaning: 'A request took longer than the threshold of its operation. Only the slowest of an interval are told.',
    attributes: {
      component: 'Part of the service.',
      operation: 'What was asked of it.',
      status: 'success, failure, cancelled or timeout.',
      error_type: 'Name or code of the error. Absent when there was none.',
      duration_seconds: 'How long it took, by a monotonic clock.',
      threshold_seconds: 'What is slow for this operation.',
      request_id: 'Id that the request carries from service to service (x-request-id).',
      trace_id: 'W3C trace id, 32 hexadecimal digits.',
      span_id: 'Id of this part of the trace, 16 hexadecimal digits.',
    },
  },
});
