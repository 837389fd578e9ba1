import type { Dialect } from './dialect.js';

/**
 * opossum-prometheus: a counter of events, whose series appear with the first event of their kind. It tells no state, and none
 * can be made of it: half-open is no event that it counts, and the order of events is lost. A timeout and a call beyond the
 * capacity are counted as failures too (`handleError` in https://github.com/nodeshift/opossum/blob/main/lib/circuit.js).
 * https://github.com/nodeshift/opossum-prometheus/blob/main/index.js
 */
export const opossum: Dialect = {
  library: 'opossum',
  rules: [
    {
      metric: /^circuit(_total)?$/,
      component: '{name}',
      where: { event: 'open' },
      openings: { from: 'unknown', appears: true },
    },
    {
      metric: /^circuit(_total)?$/,
      component: '{name}',
      calls: {
        label: 'event',
        names: {
          success: 'success',
          failure: 'failure',
          timeout: 'timeout',
          reject: 'rejected',
          semaphoreLocked: 'bulkhead',
        },
        includes: ['timeout', 'bulkhead'],
      },
    },
  ],
};
