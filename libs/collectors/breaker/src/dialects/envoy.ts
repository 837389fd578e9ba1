import type { Figures } from '../exposition/sighting.js';
import type { Dialect } from './dialect.js';

/**
 * Envoy and what is built on it: limits of concurrency for each cluster, priority and resource, and outlier detection, which
 * takes single hosts out. Overflows are counted for both priorities together and stand with the default one.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/upstream/cluster_manager/cluster_stats
 */
export const envoy: Dialect = {
  library: 'envoy',
  rules: [
    {
      metric:
        /^envoy_cluster_circuit_breakers_(?<priority>default|high)_(?<resource>cx|cx_pool|rq_pending|rq|rq_retry)_open$/,
      component: '{envoy_cluster_name}/{priority}/{resource}',
      kind: 'concurrency',
      state: { names: { '0': 'closed', '1': 'open' } },
    },
    {
      metric: /^envoy_cluster_upstream_(?<resource>cx|cx_pool|rq_pending|rq_retry)_overflow$/,
      component: '{envoy_cluster_name}/default/{resource}',
      kind: 'concurrency',
      calls: { outcome: 'rejected' },
    },
    {
      metric: 'envoy_cluster_outlier_detection_ejections_active',
      component: '{envoy_cluster_name}/outlier',
      kind: 'outlier',
      figure: { name: 'ejected_hosts' },
    },
    {
      metric: 'envoy_cluster_membership_total',
      component: '{envoy_cluster_name}/outlier',
      kind: 'outlier',
      figure: { name: 'member_hosts' },
    },
  ],
  figuresOf({ ejected_hosts: ejected, member_hosts: members }: Figures) {
    return ejected === undefined || !members ? {} : { ejected_ratio: Math.min(1, ejected / members) };
  },
};
