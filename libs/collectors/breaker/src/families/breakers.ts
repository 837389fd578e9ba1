import { defineFamily } from '@omninode/collector-kit';
import { breakerEvents, breakerMetrics } from '@omninode/contracts';
import { followAll, mostBreakers, readCourses } from '../course/follow-all.js';
import { recordCourse } from '../course/record-course.js';
import type { BreakerQuery, BreakerReply } from '../page.js';
import { readPage } from '../read-page.js';

const { omninode_circuit_breaker_call_duration_seconds: _seenFromInsideOnly, ...metrics } = breakerMetrics;

/**
 * All that a page tells of breakers. One question answers all of it, so it is one family; what differs between libraries is in
 * `dialects/`, one file each.
 */
export const breakers = defineFamily<BreakerQuery, BreakerReply>()({
  name: 'breakers',
  lane: 'fast',
  openLabels: ['component'],
  maxLabelSets: mostBreakers,
  metrics,
  events: breakerEvents,

  query: 'page',
  followUp: ({ format }) => (format === 'resilience4j-actuator' ? 'events' : undefined),
  parseMemory: readCourses,

  toMeasurements(reply, record, { atMs, memory, followUp }) {
    const page = readPage(reply, (followUp as BreakerReply | undefined)?.text);
    const followed = followAll(memory, page.observations, { atMs, startMs: page.startMs ?? null, believeForMs });
    for (const { component, ...rest } of followed.breakers) {
      const criticality = Object.hasOwn(reply.criticalities, component) ? reply.criticalities[component] : undefined;
      recordCourse(record, { component, criticality: criticality ?? reply.criticality, ...rest });
    }
    // Those beyond the limit: the cap on label sets sums and counts them.
    for (const { component, calls } of followed.beyond) {
      record.omninode_circuit_breaker_calls_total(calls.success ?? 0, { component, outcome: 'success' }, null);
    }
    if (page.problem) record.report(page.problem.status, page.problem.reason);
    if (followed.beyond.length > 0) record.report('degraded', tooMany(page.observations.length));
    return followed.courses;
  },
});

/** More than two intervals, as long as they are allowed to be. */
const believeForMs = 300_000;

function tooMany(count: number): string {
  return `The page tells of ${count} breakers, and ${mostBreakers} are followed. Give breakers names that stay the same: a name that is made anew with each start is a new breaker each time.`;
}
