import { defineFamily } from '@omninode/collector-kit';
import type { BreakerCriticality } from '@omninode/contracts';
import { z } from 'zod';
import type { Change } from '../course/changes.js';
import { causeOf } from '../course/cause-of.js';
import type { Course } from '../course/course.js';
import { mostBreakers, readCourses } from '../course/follow-all.js';
import type { Courses } from '../course/follow-all.js';
import { follow } from '../course/follow.js';
import { recordCourse } from '../course/record-course.js';
import { breakers } from '../families/breakers.js';
import type { Observation } from '../observation.js';
import type { PlatformEvent } from './read-event.js';

/** What came since the time before, and how long a state is believed that nothing speaks of any more. */
export interface PlatformReply {
  readonly events: readonly PlatformEvent[];
  readonly believeForMs: number;
}

export interface PlatformMemory {
  readonly courses: Courses;
  /** Of each breaker the time of its latest event. */
  readonly heard: readonly (readonly [component: string, atMs: number])[];
}

const heardSchema = z.object({ heard: z.array(z.tuple([z.string(), z.number()])), courses: z.unknown() });

/** The platform's breaker events in the vocabulary of all breakers: every change is told, so trips and recoveries are exact. */
export const platformBreakers = defineFamily<null, PlatformReply>()({
  name: 'platform-breakers',
  lane: 'fast',
  openLabels: ['component'],
  maxLabelSets: mostBreakers,
  metrics: breakers.metrics,
  events: breakers.events,
  query: null,

  parseMemory(json): PlatformMemory | undefined {
    const { data } = heardSchema.safeParse(json);
    const courses = readCourses(data?.courses);
    return data && courses ? { heard: data.heard, courses } : undefined;
  },

  toMeasurements({ events, believeForMs }, record, { atMs, memory }) {
    const taken = takeEvents(memory, events, believeForMs);
    const standing = [...taken.courses].map(([component, course]) => {
      const isBelieved = atMs - (taken.heard.get(component) ?? 0) < believeForMs;
      const state = isBelieved ? course.knownState : 'unknown';
      const observation: Observation = { ...quiet(component), state };
      return { component, observation, ...follow(course, observation, { atMs, startMs: null, believeForMs }) };
    });
    for (const { component, course, reconfigured } of standing) {
      const changes = (taken.changes.get(component) ?? []).filter(
        ({ happenedMs = 0 }) => atMs - happenedMs < newsForMs,
      );
      const threshold = course.configuration.config_failure_threshold;
      const observation = {
        ...quiet(component),
        figures: threshold === undefined ? {} : { config_failure_threshold: threshold },
      };
      const criticality = criticalities.get(component) ?? 'unspecified';
      recordCourse(record, { component, criticality, course, observation, changes, reconfigured });
    }
    const courses = standing.map(({ component, course }) => [component, course] as const);
    return { courses, heard: [...taken.heard] };
  },
});

/** A first look at the topic reads what it still holds: the totals count it, but older changes are no news. */
const newsForMs = 3_600_000;

/** Tiers of the platform's own breakers, as its circuit_breaker_config has them. */
const criticalities: ReadonlyMap<string, BreakerCriticality> = new Map([
  ['database_operations', 'critical'],
  ['vault_secrets_operations', 'critical'],
  ['kafka_operations', 'high'],
  ['workflow_operations', 'high'],
  ['monitoring_operations', 'medium'],
  ['external_api_operations', 'low'],
]);

function takeEvents(memory: PlatformMemory | undefined, events: readonly PlatformEvent[], believeForMs: number) {
  const courses = new Map<string, Course>(memory?.courses);
  const heard = new Map(memory?.heard);
  const changes = new Map<string, Change[]>();
  for (const event of events) {
    const { component, from, happenedMs } = event;
    const seen = { atMs: happenedMs, startMs: null, believeForMs };
    if (!courses.has(component) && courses.size >= mostBreakers) forget(courses, heard);
    // The stream tells every change, so a breaker that is new was in the state that its first event names as the one before.
    const before = courses.get(component) ?? follow(undefined, { ...quiet(component), state: from }, seen).course;
    const followed = follow(before, observationOf(event), seen);
    courses.set(component, followed.course);
    heard.set(component, Math.max(happenedMs, heard.get(component) ?? 0));
    changes.set(component, [...(changes.get(component) ?? []), ...followed.changes]);
  }
  return { courses, heard, changes };
}

/** There is no room for another breaker: the one that was silent for longest goes. */
function forget(courses: Map<string, Course>, heard: Map<string, number>): void {
  const [first] = heard;
  if (!first) return;
  const [silent] = [...heard].reduce((one, other) => (other[1] < one[1] ? other : one), first);
  courses.delete(silent);
  heard.delete(silent);
}

function observationOf({ component, from, to, happenedMs, failures, threshold }: PlatformEvent): Observation {
  const change = { key: `${happenedMs} ${from} ${to}`, from, to, cause: causeOf(from, to), happenedMs };
  return {
    ...quiet(component),
    state: to,
    figures: threshold === undefined ? {} : { config_failure_threshold: threshold },
    changes: [{ ...change, ...(failures !== undefined && { failures }) }],
  };
}

function quiet(component: string): Observation {
  const nothing = { stateSeconds: {}, calls: {}, figures: {}, changes: [] };
  return { component, kind: 'error', library: 'omnibase', state: 'unknown', ...nothing };
}
