import type { RuleCache } from '../rules/rule-cache.js';
import { pause } from '../pause.js';
import type { Incident } from './incident.js';

const flushes = 8;
const everyMs = 2_000;

export function cacheFlush(rules: RuleCache): Incident {
  return {
    name: 'cache-flush',
    sentence: 'The cache is emptied again and again: its hit rate falls, and the database is asked instead.',
    async happen(signal) {
      for (let flush = 0; flush < flushes && !signal.aborted; flush++) {
        await rules.clear();
        await pause(everyMs, signal);
      }
    },
  };
}
