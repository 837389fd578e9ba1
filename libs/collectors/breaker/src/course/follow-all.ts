import { z } from 'zod';
import type { Observation } from '../observation.js';
import type { Seen } from './begin.js';
import { courseSchema } from './course.js';
import type { Course } from './course.js';
import { follow, missed } from './follow.js';
import type { Followed } from './follow.js';

/** How many breakers of a source are followed. */
export const mostBreakers = 500;
/** A breaker that nothing tells of is forgotten after this, or earlier where its place is needed. */
const goneForMs = 24 * 3_600_000;

/** Courses by the breaker's name. A list, because a name may be any text. */
const coursesSchema = z.array(z.tuple([z.string(), courseSchema])).max(mostBreakers);
export type Courses = readonly (readonly [component: string, course: Course])[];

export function readCourses(json: unknown): Courses | undefined {
  return coursesSchema.safeParse(json).data;
}

export interface FollowedBreaker extends Followed {
  readonly component: string;
  /** Absent: this pass did not tell of it. */
  readonly observation?: Observation;
}

/** Takes a pass of a source into the courses of its breakers. Who is followed stays so while it is told of. */
export function followAll(before: Courses | undefined, told: readonly Observation[], seen: Seen) {
  const known = new Map(before);
  const tellings = new Map(told.map((observation) => [observation.component, observation]));
  const gone = [...known].filter(
    ([component, { toldMs }]) => !tellings.has(component) && seen.atMs - toldMs < goneForMs,
  );
  const staying = [...tellings.values()].filter(({ component }) => known.has(component));
  const fresh = [...tellings.values()].filter(({ component }) => !known.has(component));
  const taken = [...staying, ...fresh.slice(0, mostBreakers - staying.length)];
  const remembered = gone.sort(([, a], [, b]) => b.toldMs - a.toldMs).slice(0, mostBreakers - taken.length);

  const breakers: FollowedBreaker[] = [
    ...taken.map((observation) => {
      const { component } = observation;
      return { component, observation, ...follow(known.get(component), observation, seen) };
    }),
    ...remembered.map(([component, course]) => ({
      component,
      course: missed(course, seen.atMs),
      changes: [],
      reconfigured: {},
    })),
  ];
  const courses: Courses = breakers.map(({ component, course }) => [component, course]);
  return { breakers, courses, beyond: fresh.slice(mostBreakers - staying.length) };
}
