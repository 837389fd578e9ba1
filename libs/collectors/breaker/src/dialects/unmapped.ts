import type { Dialect } from './dialect.js';

/**
 * Numbers that by their name are states of breakers, told by something that we don't know: that there is a breaker is worth
 * saying, and its state stays unknown until the target has a rule that says which number means what.
 */
export const unmapped: Dialect = {
  library: 'unmapped',
  rules: [
    {
      metric: /(^|_)(circuit_?)?breaker(_current)?_state$/,
      component: '{name|circuit|breaker|circuit_breaker|circuitbreaker|service|id}',
      state: { names: {} },
    },
  ],
};
