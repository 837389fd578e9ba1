import type { Rule } from '../exposition/rule.js';
import type { Dialect } from './dialect.js';

const states = { closed: 'closed', open: 'open', halfOpen: 'half_open' } as const;

/**
 * MicroProfile Fault Tolerance. Runtimes differ in prefix and suffixes: `application_` of MicroProfile Metrics 2, a second
 * `_total`, the unit in the name. Time in states is in nanoseconds, unless the name says seconds.
 * https://github.com/eclipse/microprofile-fault-tolerance/blob/main/spec/src/main/asciidoc/metrics.asciidoc; the current state
 * is an addition of SmallRye: https://smallrye.io/docs/smallrye-fault-tolerance/6.4.0/reference/metrics.html
 */
export const microprofile: Dialect = {
  library: 'microprofile',
  rules: [
    {
      metric: /^(application_)?ft_circuitbreaker_state_current$/,
      component: '{method}',
      state: { label: 'state', names: states },
    },
    timeInState(/^(application_)?ft_circuitbreaker_state(_total)?_seconds(_total)?$/, 1),
    timeInState(/^(application_)?ft_circuitbreaker_state_total(_nanoseconds)?(_total)?$/, 1e9),
    {
      metric: /^(application_)?ft_circuitbreaker_calls_total(_total)?$/,
      component: '{method}',
      calls: {
        label: 'circuitBreakerResult',
        names: { success: 'success', failure: 'failure', circuitBreakerOpen: 'rejected' },
      },
    },
    {
      metric: /^(application_)?ft_circuitbreaker_opened_total(_total)?$/,
      component: '{method}',
      openings: { from: 'closed' },
    },
  ],
};

function timeInState(metric: RegExp, perSecond: number): Rule {
  return { metric, component: '{method}', stateSeconds: { label: 'state', names: states, perSecond } };
}
