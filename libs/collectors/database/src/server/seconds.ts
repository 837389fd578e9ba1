import type { Text } from './database-query.js';

/** Times of PostgreSQL's statistics are ms; `null` stays what it is: not measured. */
export function seconds(ms: Text | null): number | null {
  return ms === null ? null : Number(ms) / 1000;
}
