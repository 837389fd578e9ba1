import { fireAt, levelsOf } from '../alert-rules.js';
import { charts, numbers, type Board } from '../board.js';
import { healthMapping, oneIsGood } from '../panels/mappings.js';
import { bars, lines, stat, states, table } from '../panels/panel.js';
import { query } from '../panels/query.js';
import { unit } from '../panels/units.js';
import { count, isAbove, isBelow, max, minus, only, ratio, sum } from '../promql/expression.js';
import { noneOf, oneOf } from '../promql/selector.js';
import { gauge, increase, quantile, rate } from '../promql/series.js';
import { either, ofService, ofTarget, type Source } from './either.js';
import { messagesFailed, messagesSent, standStill } from './kafka-signals.js';

const requests = (status?: string) =>
  sum(
    rate('omninode_requests_total', {
      ...ofService,
      status: status ? oneOf(...status.split(' ')) : noneOf('cancelled'),
    }),
  );
const poolUse = (of: Source) =>
  ratio(
    max(gauge('omninode_active_connections', { ...of, service: 'postgresql' }), 'target', 'service_name', 'pool'),
    max(gauge('omninode_max_connections', { ...of, service: 'postgresql' }), 'target', 'service_name', 'pool'),
  );
const health = max(gauge('omninode_system_health_status'), 'job');
const targets = gauge('omninode_collector_target_up', ofTarget);
const failingFamilies = gauge('omninode_collector_family_status', {
  ...ofTarget,
  status: noneOf('ok', 'unsupported', 'skipped'),
});
const openBreakers = max(
  either((of) => gauge('omninode_circuit_breaker_status', { ...of, state: oneOf('open', 'forced_open') })),
  'component',
);

export const overview: Board = {
  name: 'overview',
  title: 'Overview',
  description: 'Is it well, and if not, why: the health of everything that is watched, and the reasons.',
  choices: [
    { variable: 'target', metric: 'omninode_collector_target_up' },
    { variable: 'service', metric: 'omninode_requests_total' },
  ],
  rows: [
    {
      title: 'Is it well?',
      lines: [
        numbers(
          stat({
            title: 'System Health',
            description: 'The worst of everything watched. Without fresh data it is unknown, which is not healthy.',
            unit: unit.count,
            mappings: healthMapping,
            noValue: 'unknown',
            queries: [query(health, '{{job}}')],
          }),
          stat({
            title: 'Targets that do not answer',
            description: 'Of those that a collector watches. Absent when nobody watches any.',
            unit: unit.count,
            levels: { critical: 1 },
            alerts: ['TargetUnreachable'],
            queries: [query(minus(count(targets), sum(targets)), 'targets')],
          }),
          stat({
            title: 'Open breakers',
            description: 'By their names: a breaker that is seen by two ways counts once.',
            unit: unit.count,
            levels: { warning: 1 },
            alerts: ['CircuitBreakerOpenTooLong'],
            queries: [query(sum(openBreakers), 'breakers')],
          }),
          stat({
            title: 'Requests that fail',
            description: 'Share of failures and timeouts of all requests that were not cancelled.',
            unit: unit.share,
            levels: levelsOf('HighErrorRate'),
            alerts: ['HighErrorRate'],
            queries: [query(ratio(requests('failure timeout'), requests()), 'failed')],
          }),
          stat({
            title: 'Fullest pool',
            description: 'Connections in use of those that there may be, of the pool that is nearest to its end.',
            unit: unit.share,
            levels: levelsOf('DatabaseConnectionPoolExhaustion'),
            alerts: ['DatabaseConnectionPoolExhaustion'],
            queries: [query(max(poolUse(ofTarget)), 'of servers'), query(max(poolUse(ofService)), 'of services')],
          }),
          stat({
            title: 'Lag of the mesh',
            description: 'Records that no aggregator has read yet: while they are many, all of this is of the past.',
            unit: unit.count,
            levels: { warning: 10_000 },
            queries: [query(sum(gauge('omninode_mesh_records_lag')), 'records')],
          }),
        ),
        charts(
          bars({
            title: 'Top reasons',
            description:
              'What makes health less than healthy, counted by kind: all bars at 0 is well. A kind of which nothing is known has no bar.',
            unit: unit.count,
            levels: { warning: 1 },
            queries: [
              query(minus(count(targets), sum(targets)), 'targets that do not answer'),
              query(sum(failingFamilies), 'families that could not be read'),
              query(sum(openBreakers), 'breakers open'),
              query(
                sum(isAbove(poolUse(ofTarget), fireAt('DatabaseConnectionPoolExhaustion'))),
                'pools nearly exhausted, as targets tell',
              ),
              query(
                sum(isAbove(poolUse(ofService), fireAt('DatabaseConnectionPoolExhaustion'))),
                'pools nearly exhausted, as services tell',
              ),
              query(
                sum(isBelow(gauge('omninode_cache_hit_rate_ratio', ofTarget), fireAt('low_cache_hit_rate'))),
                'caches that miss too often',
              ),
              query(sum(standStill), 'consumer groups that stand still'),
              query(sum(increase('omninode_dead_letter_messages_total', ofTarget, '1h')), 'dead letters in an hour'),
              query(sum(gauge('omninode_mesh_records_missing')), 'records of the mesh that never came'),
            ],
          }),
          table({
            title: 'Families that could not be read, by target',
            description:
              'How many families of a target are in each status other than ok. The targets page of the mesh says why, in words.',
            unit: unit.count,
            levels: { warning: 1 },
            alerts: ['FamilyFailing', 'TargetUnreachable'],
            queries: [query(sum(failingFamilies, 'target', 'status'), '{{target}} {{status}}')],
            values: ['Families'],
          }),
        ),
        charts(
          states({
            title: 'System Health over time',
            description: 'Gaps are times of which nothing is known.',
            unit: unit.count,
            mappings: healthMapping,
            queries: [query(health, '{{job}}')],
          }),
          states({
            title: 'Targets over time',
            description: 'Whether each target answered. Gaps are times at which nobody watched it.',
            unit: unit.count,
            mappings: oneIsGood('does not answer', 'answers'),
            alerts: ['TargetUnreachable'],
            queries: [query(max(targets, 'target'), '{{target}}')],
          }),
        ),
      ],
    },
    {
      title: 'Performance',
      lines: [
        charts(
          lines({
            title: 'Request Duration P95',
            description: '95 of 100 requests that were not cancelled were faster than this.',
            unit: unit.seconds,
            levels: levelsOf('SlowResponseTime'),
            alerts: ['SlowResponseTime'],
            queries: [
              query(
                quantile(
                  0.95,
                  'omninode_request_duration_seconds',
                  { ...ofService, status: noneOf('cancelled') },
                  'service_name',
                  'component',
                ),
                '{{service_name}} {{component}}',
              ),
            ],
          }),
          lines({
            title: 'Database Connection Pool',
            description: 'Connections in use of those that there may be, of every pool and of the servers themselves.',
            unit: unit.share,
            max: 1,
            levels: levelsOf('DatabaseConnectionPoolExhaustion'),
            alerts: ['DatabaseConnectionPoolExhaustion'],
            queries: [
              query(poolUse(ofTarget), '{{target}} {{pool}}'),
              query(poolUse(ofService), '{{service_name}} {{pool}}'),
            ],
          }),
        ),
        charts(
          lines({
            title: 'Kafka Producer Metrics',
            description: 'Messages that brokers acknowledged, and those of sends that failed.',
            unit: unit.messagesPerSecond,
            alerts: ['ProducerFailures'],
            queries: [
              query(messagesSent, '{{service_name}} {{topic}}'),
              query(messagesFailed, '{{service_name}} {{topic}} failed'),
            ],
          }),
          table({
            title: 'Circuit Breaker Status',
            description:
              'The state of each breaker as its target or service tells it, and how often it opened in the time shown.',
            unit: unit.count,
            alerts: ['CircuitBreakerTripped', 'CircuitBreakerOpenTooLong'],
            queries: [
              query(
                only(
                  either((of) =>
                    max(gauge('omninode_circuit_breaker_status', of), 'component', 'target', 'service_name', 'state'),
                  ),
                  1,
                ),
                '{{component}} {{state}}',
              ),
              query(
                either((of) =>
                  sum(
                    increase('omninode_circuit_breaker_trips_total', of, '$__range'),
                    'component',
                    'target',
                    'service_name',
                  ),
                ),
                '{{component}}',
              ),
            ],
            values: ['', 'Trips'],
          }),
        ),
      ],
    },
  ],
};
