import { levelsOf } from '../alert-rules.js';
import { charts, numbers, type Board } from '../board.js';
import { lines, stat, table } from '../panels/panel.js';
import { query } from '../panels/query.js';
import { unit } from '../panels/units.js';
import { ratio, sum, topk } from '../promql/expression.js';
import { noneOf, oneOf } from '../promql/selector.js';
import { gauge, increase, quantile, rate } from '../promql/series.js';
import { ofService } from './either.js';

/** Who gives up a request makes no error, and is in neither number. */
const kept = { ...ofService, status: noneOf('cancelled') };
const failed = { ...ofService, status: oneOf('failure', 'timeout') };

export const requests: Board = {
  name: 'requests',
  title: 'Requests',
  description: 'Rate, errors and durations of what services with the client do, and their slow operations.',
  choices: [{ variable: 'service', metric: 'omninode_requests_total' }],
  rows: [
    {
      title: 'Rate, errors, duration',
      lines: [
        numbers(
          stat({
            title: 'Requests',
            description: 'Those that ended, cancelled ones not counted.',
            unit: unit.requestsPerSecond,
            queries: [query(sum(rate('omninode_requests_total', kept)), 'requests')],
          }),
          stat({
            title: 'Failed',
            description: 'Share of failures and timeouts.',
            unit: unit.share,
            levels: levelsOf('HighErrorRate'),
            alerts: ['HighErrorRate'],
            queries: [
              query(
                ratio(sum(rate('omninode_requests_total', failed)), sum(rate('omninode_requests_total', kept))),
                'failed',
              ),
            ],
          }),
          stat({
            title: 'P95',
            description: '95 of 100 requests were faster.',
            unit: unit.seconds,
            levels: levelsOf('SlowResponseTime'),
            alerts: ['SlowResponseTime'],
            queries: [query(quantile(0.95, 'omninode_request_duration_seconds', kept), 'P95')],
          }),
          stat({
            title: 'Under way',
            description: 'Requests that have begun and not ended.',
            unit: unit.count,
            queries: [query(sum(gauge('omninode_requests_in_progress', ofService)), 'requests')],
          }),
        ),
        charts(
          lines({
            title: 'Requests by component',
            description: 'Cancelled ones not counted.',
            unit: unit.requestsPerSecond,
            queries: [
              query(
                sum(rate('omninode_requests_total', kept), 'service_name', 'component'),
                '{{service_name}} {{component}}',
              ),
            ],
          }),
          lines({
            title: 'Share of requests that fail',
            description: 'Failures and timeouts.',
            unit: unit.share,
            levels: levelsOf('HighErrorRate'),
            alerts: ['HighErrorRate'],
            queries: [
              query(
                ratio(
                  sum(rate('omninode_requests_total', failed), 'service_name', 'component'),
                  sum(rate('omninode_requests_total', kept), 'service_name', 'component'),
                ),
                '{{service_name}} {{component}}',
              ),
            ],
          }),
          lines({
            title: 'Duration P95',
            description: 'By component.',
            unit: unit.seconds,
            levels: levelsOf('SlowResponseTime'),
            alerts: ['SlowResponseTime'],
            queries: [
              query(
                quantile(0.95, 'omninode_request_duration_seconds', kept, 'service_name', 'component'),
                '{{service_name}} {{component}}',
              ),
            ],
          }),
        ),
        charts(
          lines({
            title: 'Duration of all requests',
            description: 'Of how many of 100 requests were faster than this.',
            unit: unit.seconds,
            queries: [
              query(quantile(0.5, 'omninode_request_duration_seconds', kept), 'P50'),
              query(quantile(0.95, 'omninode_request_duration_seconds', kept), 'P95'),
              query(quantile(0.99, 'omninode_request_duration_seconds', kept), 'P99'),
            ],
          }),
          lines({
            title: 'Errors by type',
            description: 'By the name or code of the error. Absent for errors that never occurred.',
            unit: unit.perSecond,
            alerts: ['HighErrorRate'],
            queries: [
              query(
                sum(rate('omninode_errors_total', ofService), 'service_name', 'component', 'error_type'),
                '{{service_name}} {{component}} {{error_type}}',
              ),
            ],
          }),
          lines({
            title: 'Timeouts and retries',
            description: 'Requests that took too long, and further attempts within requests.',
            unit: unit.perSecond,
            queries: [
              query(
                sum(rate('omninode_timeout_failures_total', ofService), 'service_name', 'component'),
                '{{service_name}} {{component}} timeouts',
              ),
              query(
                sum(rate('omninode_retry_attempts_total', ofService), 'service_name', 'component'),
                '{{service_name}} {{component}} retries',
              ),
            ],
          }),
        ),
      ],
    },
    {
      title: 'Operations',
      lines: [
        charts(
          table({
            title: 'Slowest operations',
            description:
              'By P95 of the latest interval, and how often they were slower than their own threshold in the time shown. The mesh itself keeps the slowest requests of 30 days, with their ids.',
            unit: unit.seconds,
            queries: [
              query(
                topk(
                  20,
                  quantile(0.95, 'omninode_request_duration_seconds', kept, 'service_name', 'component', 'operation'),
                ),
                '{{operation}}',
              ),
            ],
            values: ['P95'],
          }),
          table({
            title: 'Operations that are slower than they should be',
            description: 'How often they exceeded their threshold in the time shown.',
            unit: unit.count,
            alerts: ['SlowOperations'],
            queries: [
              query(
                topk(
                  20,
                  sum(
                    increase('omninode_request_slow_operations_total', ofService, '$__range'),
                    'service_name',
                    'component',
                    'operation',
                  ),
                ),
                '{{operation}}',
              ),
            ],
            values: ['Slow'],
          }),
        ),
        charts(
          lines({
            title: 'Requests under way by operation',
            description: 'What grows and does not come back hangs.',
            unit: unit.count,
            queries: [
              query(
                sum(gauge('omninode_requests_in_progress', ofService), 'service_name', 'component', 'operation'),
                '{{service_name}} {{component}} {{operation}}',
              ),
            ],
          }),
          lines({
            title: 'Requests by end',
            description: 'cancelled: whoever asked gave up.',
            unit: unit.requestsPerSecond,
            isStacked: true,
            queries: [
              query(
                sum(rate('omninode_requests_total', ofService), 'service_name', 'status'),
                '{{service_name}} {{status}}',
              ),
            ],
          }),
        ),
      ],
    },
  ],
};
