import { levelsOf } from '../alert-rules.js';
import { charts, numbers, type Board } from '../board.js';
import { lines, stat, table } from '../panels/panel.js';
import { query } from '../panels/query.js';
import { unit } from '../panels/units.js';
import { max, min, only, ratio, sum } from '../promql/expression.js';
import { oneOf } from '../promql/selector.js';
import { gauge, increase, meanEver, quantile, rate } from '../promql/series.js';
import { either, ofService } from './either.js';

const open = oneOf('open', 'forced_open');
const lost = oneOf('failure', 'timeout', 'rejected', 'bulkhead');

export const breakers: Board = {
  name: 'breakers',
  title: 'Circuit breakers',
  description: 'Breakers as targets tell of them from outside, and as services with the client do from inside.',
  choices: [
    { variable: 'target', metric: 'omninode_circuit_breaker_info' },
    { variable: 'service', metric: 'omninode_circuit_breaker_info' },
  ],
  rows: [
    {
      title: 'State',
      lines: [
        numbers(
          stat({
            title: 'Open now',
            description: 'By their names: a breaker that is seen by two ways counts once.',
            unit: unit.count,
            levels: { warning: 1 },
            alerts: ['CircuitBreakerTripped', 'CircuitBreakerOpenTooLong'],
            queries: [
              query(
                sum(
                  max(
                    either((of) => gauge('omninode_circuit_breaker_status', { ...of, state: open })),
                    'component',
                  ),
                ),
                'breakers',
              ),
            ],
          }),
          stat({
            title: 'Trips in the time shown',
            description: 'Of every source: a breaker that is seen by two ways counts twice.',
            unit: unit.count,
            queries: [
              query(sum(either((of) => increase('omninode_circuit_breaker_trips_total', of, '$__range'))), 'trips'),
            ],
          }),
          stat({
            title: 'Least health',
            description:
              'Of the breaker that loses the greatest share of its calls or of its time. Absent below 20 calls in five minutes.',
            unit: unit.share,
            levels: levelsOf('CircuitBreakerUnhealthy'),
            alerts: ['CircuitBreakerUnhealthy'],
            queries: [query(min(either((of) => gauge('omninode_circuit_breaker_health_ratio', of))), 'health')],
          }),
          stat({
            title: 'Calls lost',
            description: 'Share of the calls that failed, took too long or were refused.',
            unit: unit.share,
            levels: { warning: 0.05 },
            queries: [
              query(
                ratio(
                  sum(either((of) => rate('omninode_circuit_breaker_calls_total', { ...of, outcome: lost }))),
                  sum(either((of) => rate('omninode_circuit_breaker_calls_total', of))),
                ),
                'lost',
              ),
            ],
          }),
        ),
        charts(
          table({
            title: 'State of each breaker',
            description: 'unknown: the source does not say.',
            unit: unit.count,
            alerts: ['CircuitBreakerOpenTooLong'],
            queries: [
              query(
                only(
                  either((of) =>
                    max(
                      gauge('omninode_circuit_breaker_status', of),
                      'component',
                      'criticality',
                      'target',
                      'service_name',
                      'service_instance',
                      'state',
                    ),
                  ),
                  1,
                ),
                '{{component}} {{state}}',
              ),
            ],
            values: [''],
          }),
          lines({
            title: 'Share of time open',
            description: 'Of each interval; what is refused meanwhile is lost to the caller.',
            unit: unit.share,
            max: 1,
            alerts: ['CircuitBreakerOpenTooLong'],
            queries: [
              query(
                either((of) =>
                  max(
                    rate('omninode_circuit_breaker_state_seconds_total', { ...of, state: open }),
                    'component',
                    'target',
                    'service_name',
                  ),
                ),
                '{{target}}{{service_name}} {{component}}',
              ),
            ],
          }),
        ),
        charts(
          lines({
            title: 'Changes of state',
            description: 'In ten minutes.',
            unit: unit.count,
            alerts: ['CircuitBreakerTripped'],
            queries: [
              query(
                either((of) =>
                  sum(
                    increase('omninode_circuit_breaker_transitions_total', of, '10m'),
                    'component',
                    'from',
                    'to',
                    'target',
                    'service_name',
                  ),
                ),
                '{{target}}{{service_name}} {{component}}: {{from}} → {{to}}',
              ),
            ],
          }),
          lines({
            title: 'Mean time to recover',
            description:
              'Of all recoveries since the service was started, from opening to being closed again, failed probes included. Absent until a breaker recovers.',
            unit: unit.seconds,
            queries: [
              query(
                meanEver('omninode_circuit_breaker_recovery_seconds', ofService, 'service_name', 'component'),
                '{{service_name}} {{component}}',
              ),
            ],
          }),
        ),
      ],
    },
    {
      title: 'Calls',
      lines: [
        charts(
          lines({
            title: 'Calls by outcome',
            description: 'rejected: by an open breaker. bulkhead: too many at once.',
            unit: unit.perSecond,
            queries: [
              query(
                either((of) =>
                  sum(
                    rate('omninode_circuit_breaker_calls_total', of),
                    'component',
                    'outcome',
                    'target',
                    'service_name',
                  ),
                ),
                '{{target}}{{service_name}} {{component}} {{outcome}}',
              ),
            ],
          }),
          lines({
            title: 'Time of calls, P95',
            description: 'Of calls that were let through, in services with the client.',
            unit: unit.seconds,
            queries: [
              query(
                quantile(
                  0.95,
                  'omninode_circuit_breaker_call_duration_seconds',
                  ofService,
                  'service_name',
                  'component',
                ),
                '{{service_name}} {{component}}',
              ),
            ],
          }),
        ),
        charts(
          lines({
            title: 'Failures in the window of the breaker',
            description:
              'As the breaker compares them with its threshold, beside it. Absent while it has too few calls to judge.',
            unit: unit.share,
            max: 1,
            queries: [
              query(
                either((of) =>
                  max(gauge('omninode_circuit_breaker_failure_ratio', of), 'component', 'target', 'service_name'),
                ),
                '{{target}}{{service_name}} {{component}}',
              ),
              query(
                either((of) =>
                  max(
                    gauge('omninode_circuit_breaker_config_failure_threshold_ratio', of),
                    'component',
                    'target',
                    'service_name',
                  ),
                ),
                '{{target}}{{service_name}} {{component}} threshold',
              ),
            ],
          }),
          lines({
            title: 'Health',
            description: '1 less the greater of the share of calls lost and the share of time open.',
            unit: unit.share,
            max: 1,
            levels: levelsOf('CircuitBreakerUnhealthy'),
            alerts: ['CircuitBreakerUnhealthy'],
            queries: [
              query(
                either((of) =>
                  min(gauge('omninode_circuit_breaker_health_ratio', of), 'component', 'target', 'service_name'),
                ),
                '{{target}}{{service_name}} {{component}}',
              ),
            ],
          }),
        ),
        charts(
          table({
            title: 'Configuration in force',
            description: 'As breakers say it themselves.',
            unit: unit.seconds,
            queries: [
              query(
                either((of) =>
                  max(
                    gauge('omninode_circuit_breaker_config_reset_timeout_seconds', of),
                    'component',
                    'target',
                    'service_name',
                  ),
                ),
                '{{component}}',
              ),
              query(
                either((of) =>
                  max(
                    gauge('omninode_circuit_breaker_config_timeout_seconds', of),
                    'component',
                    'target',
                    'service_name',
                  ),
                ),
                '{{component}}',
              ),
              query(
                either((of) =>
                  max(
                    gauge('omninode_circuit_breaker_config_window_seconds', of),
                    'component',
                    'target',
                    'service_name',
                  ),
                ),
                '{{component}}',
              ),
            ],
            values: ['Open for', 'Timeout of calls', 'Window'],
          }),
        ),
      ],
    },
  ],
};
