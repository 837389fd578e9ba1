import { describe, expect, test } from 'vitest';
import type { BreakerState } from '@omninode/contracts';
import type { Observation } from '../observation.js';
import type { Course } from './course.js';
import { courseSchema } from './course.js';
import { follow, missed } from './follow.js';

const startMs = 1_760_000_000_000;
const told = (state: BreakerState, more: Partial<Observation> = {}): Observation => ({
  component: 'payments',
  kind: 'error',
  library: 'test',
  state,
  stateSeconds: {},
  calls: {},
  figures: {},
  ...more,
});
type Step = readonly [atSeconds: number, observation: Observation, sourceStartSeconds?: number];

/** The course after these passes; it goes through JSON between them, as from owner to owner. */
function courseOf(...steps: readonly Step[]) {
  let course: Course | undefined;
  let last: ReturnType<typeof follow> | undefined;
  for (const [at, observation, source] of steps) {
    const sourceMs = source === undefined ? null : startMs + source * 1000;
    last = follow(course, observation, { atMs: startMs + at * 1000, startMs: sourceMs, believeForMs: 300_000 });
    course = courseSchema.parse(JSON.parse(JSON.stringify(last.course)));
  }
  return { ...last!, course: course! };
}
const openings = (total: number, from: 'closed' | 'unknown' = 'closed') => ({ openings: { total, from } });

describe('trips', () => {
  test('begin at 0 with the first sight', () => {
    const { course } = courseOf([0, told('closed')]);
    expect(course).toMatchObject({ trips: 0, tripsSinceMs: startMs });
  });

  test('are not told where neither state nor openings are', () => {
    expect(courseOf([0, told('unknown')], [10, told('unknown')]).course.trips).toBeNull();
    expect(courseOf([0, told('unknown')], [10, told('closed')]).course).toMatchObject({
      trips: 0,
      tripsSinceMs: startMs + 10_000,
    });
  });

  test.each<[string, Step[], number]>([
    [
      'closed, then open',
      [
        [0, told('closed')],
        [10, told('open')],
      ],
      1,
    ],
    [
      'open at first sight: it opened before',
      [
        [0, told('open')],
        [10, told('closed')],
      ],
      0,
    ],
    [
      'closed, then half-open: it was open in between',
      [
        [0, told('closed')],
        [10, told('half_open')],
      ],
      1,
    ],
    [
      'open again after a failed probe: the same outage',
      [
        [0, told('closed')],
        [10, told('open')],
        [20, told('half_open')],
        [30, told('open')],
      ],
      1,
    ],
    [
      'forced open by hand',
      [
        [0, told('closed')],
        [10, told('forced_open')],
      ],
      0,
    ],
    [
      'closed both times, calls rejected in between',
      [
        [0, told('closed', { calls: { rejected: 5 } })],
        [10, told('closed', { calls: { rejected: 9 } })],
      ],
      1,
    ],
    [
      'closed both times, nothing rejected',
      [
        [0, told('closed', { calls: { rejected: 5 } })],
        [10, told('closed', { calls: { rejected: 5 } })],
      ],
      0,
    ],
    [
      'unknown for a while, then open',
      [
        [0, told('closed')],
        [10, told('unknown')],
        [20, told('open')],
      ],
      1,
    ],
    [
      'unknown for a while, then closed again',
      [
        [0, told('closed')],
        [10, told('unknown')],
        [20, told('closed')],
      ],
      0,
    ],
  ])('by states: %s', (_, steps, trips) => expect(courseOf(...steps).course.trips).toBe(trips));

  test.each<[string, Step[], number]>([
    [
      'three between two passes',
      [
        [0, told('closed', openings(2))],
        [10, told('closed', openings(5))],
      ],
      5,
    ],
    [
      'the state is ahead of the count: once all the same',
      [
        [0, told('closed', openings(0))],
        [10, told('open', openings(0))],
        [20, told('open', openings(1))],
      ],
      1,
    ],
    [
      'the source began anew',
      [
        [0, told('closed', openings(2))],
        [10, told('closed', openings(1))],
      ],
      3,
    ],
    [
      'the source began anew and has outgrown its past',
      [
        [0, told('closed', openings(2)), -100],
        [10, told('closed', openings(4)), 5],
      ],
      6,
    ],
    [
      'a start that is computed anew each time is no restart',
      [
        [0, told('closed', openings(2)), -100],
        [10, told('closed', openings(3)), -99.5],
      ],
      3,
    ],
    [
      'the count was cut off for a pass',
      [
        [0, told('closed', openings(2))],
        [10, told('open')],
        [20, told('open', openings(3))],
      ],
      3,
    ],
  ])('by a count of the source: %s', (_, steps, trips) => expect(courseOf(...steps).course.trips).toBe(trips));

  test('by changes that the source remembers: each once, also where the latest that we took is forgotten', () => {
    const changes = (...times: number[]) => ({
      changes: times.flatMap((at) => [
        {
          key: `${at} o`,
          from: 'closed' as const,
          to: 'open' as const,
          cause: 'threshold' as const,
          happenedMs: startMs + at * 1000,
        },
        {
          key: `${at} c`,
          from: 'open' as const,
          to: 'closed' as const,
          cause: 'probe' as const,
          happenedMs: startMs + at * 1000 + 200,
        },
      ]),
    });
    const steps: Step[] = [
      [0, told('closed', changes(-50))],
      [10, told('closed', changes(-50, 3, 5))],
      [20, told('closed', changes(-50, 3, 5))],
      [30, told('closed', changes(25, 27))],
    ];
    const { course } = courseOf(...steps);
    expect(course.trips).toBe(4);
    expect(course.recovery).toMatchObject({ sum: 0.8, zeroCount: 0 });
    expect(course.stateSeconds.open).toBeCloseTo(0.8);
  });

  test('changes whose telling failed in the first pass are no news in the second', () => {
    const old = { key: 'x', from: 'closed', to: 'open', cause: 'threshold', happenedMs: startMs - 1000 } as const;
    expect(courseOf([0, told('closed')], [10, told('closed', { changes: [old] })]).course.trips).toBe(0);
  });
});

describe('transitions', () => {
  test('several openings are several closings too, less the one that lasts', () => {
    const { course } = courseOf([0, told('closed', openings(0))], [10, told('open', openings(3))]);
    expect(course.transitions).toEqual({ 'closed>open': 3, 'open>closed': 2 });
  });

  test('a new process begins closed: no recovery of the old one', () => {
    const { course, changes } = courseOf([0, told('closed'), -9], [10, told('open'), -9], [20, told('closed'), 15]);
    expect(changes).toEqual([{ from: 'open', to: 'closed', cause: 'startup', count: 1 }]);
    expect(course.recovery).toBeNull();
  });

  test('an outage of the new process is its own', () => {
    const { course } = courseOf(
      [0, told('closed'), -9],
      [10, told('open'), -9],
      [20, told('closed'), 15],
      [30, told('open'), 15],
      [40, told('closed'), 15],
    );
    expect(course.recovery).toMatchObject({ sum: 10, counts: [1] });
  });
});

describe('recovery', () => {
  test('from the pass that saw it open to the one that saw it closed, failed probes included', () => {
    const { course } = courseOf(
      [0, told('closed')],
      [10, told('open')],
      [20, told('half_open')],
      [30, told('open')],
      [40, told('closed')],
    );
    expect(course.recovery).toMatchObject({ sum: 30, counts: [1] });
  });

  test('from the first opening, by the times that the source tells', () => {
    const steps = [
      ['closed', 'open', 1],
      ['open', 'half_open', 4],
      ['half_open', 'open', 5],
      ['open', 'half_open', 8],
      ['half_open', 'closed', 9],
    ] as const;
    const changes = steps.map(([from, to, at]) => ({
      key: `${at}`,
      from,
      to,
      cause: 'unknown' as const,
      happenedMs: startMs + at * 1000,
    }));
    const { course } = courseOf([0, told('closed', { changes: [] })], [10, told('closed', { changes })]);
    expect(course).toMatchObject({ trips: 1, recovery: { sum: 8, counts: [1] } });
    expect(course.stateSeconds).toEqual({ closed: 2, open: 6, half_open: 2 });
  });

  test('as long as the source counts it, where it does', () => {
    const seconds = (open: number, half_open: number) => ({
      ...openings(open > 0 ? 1 : 0),
      stateSeconds: { closed: 100, open, half_open },
    });
    const between = courseOf([0, told('closed', seconds(0, 0))], [10, told('closed', seconds(0.2, 0.1))]);
    expect(between.course.recovery?.sum).toBeCloseTo(0.3);
    const longer = courseOf(
      [0, told('closed', seconds(0, 0))],
      [10, told('open', seconds(4, 0))],
      [20, told('closed', seconds(9, 1))],
    );
    expect(longer.course.recovery?.sum).toBeCloseTo(10);
  });

  test.each<[string, Step[]]>([
    [
      'of an outage whose begin nobody saw',
      [
        [0, told('open')],
        [10, told('closed')],
      ],
    ],
    [
      'of one that nobody saw',
      [
        [0, told('closed', { calls: { rejected: 1 } })],
        [10, told('closed', { calls: { rejected: 2 } })],
      ],
    ],
    [
      'over a gap in which it may have been closed',
      [
        [0, told('closed')],
        [10, told('open')],
        [1_000, told('closed')],
      ],
    ],
    [
      'where the clock went back',
      [
        [0, told('closed')],
        [10, told('open')],
        [-500, told('closed')],
      ],
    ],
    [
      'where several outages ran together',
      [
        [0, told('closed', openings(0))],
        [10, told('closed', openings(2))],
      ],
    ],
  ])('none %s', (_, steps) => expect(courseOf(...steps).course.recovery).toBeNull());
});

describe('time in states', () => {
  test('goes to the state of the pass before', () => {
    const { course } = courseOf([0, told('closed')], [10, told('open')], [25, told('closed')]);
    expect(course.stateSeconds).toEqual({ closed: 10, open: 15 });
  });

  test('a clock that goes back adds nothing, one that leaps adds to unknown', () => {
    const { course } = courseOf(
      [0, told('closed')],
      [10, told('closed')],
      [-50, told('closed')],
      [-40, told('closed')],
      [5_000, told('closed')],
    );
    expect(course.stateSeconds).toEqual({ closed: 20, unknown: 5_040 });
  });

  test('as the source counts it: its past is in it, and a restart loses nothing', () => {
    const seconds = (closed: number, open: number) => ({ stateSeconds: { closed, open } });
    const { course } = courseOf(
      [0, told('closed', seconds(100, 5)), -105],
      [10, told('closed', seconds(110, 5)), -105],
      [20, told('closed', seconds(4, 0)), 16],
    );
    expect(course.stateSeconds).toEqual({ closed: 114, open: 5 });
    expect(course.stateSecondsSinceMs).toBe(startMs - 105_000);
  });

  test('tells the state where nothing else does, if it was one all the time', () => {
    const seconds = (closed: number, open: number) => told('unknown', { stateSeconds: { closed, open } });
    expect(courseOf([0, seconds(0, 0)], [10, seconds(10, 0)]).course.state).toBe('closed');
    expect(courseOf([0, seconds(0, 0)], [10, seconds(0, 10)]).course.state).toBe('open');
    expect(courseOf([0, seconds(0, 0)], [10, seconds(5, 5)]).course.state).toBe('unknown');
    expect(courseOf([0, seconds(0, 0)], [10, seconds(0, 0)]).course.state).toBe('unknown');
  });
});

test('a breaker that a pass does not tell of is unknown, and its totals stay', () => {
  const { course } = courseOf([0, told('closed')], [10, told('open')]);
  const gone = missed(course, startMs + 20_000);
  expect(gone).toMatchObject({ state: 'unknown', trips: 1, stateSeconds: { closed: 10, unknown: 10 }, outage: null });
});

test('calls: a total that was cut off for a pass is no growth when it comes back', () => {
  const calls = (success: number, rejected?: number) =>
    told('closed', { calls: { success, ...(rejected && { rejected }) } });
  const { course } = courseOf([0, calls(100, 50)], [10, calls(110)], [20, calls(120, 50)]);
  expect(course.trips).toBe(0);
  expect(course.window.attempts).toBeCloseTo(20, 0);
});

test('calls: a total that fell has a new start', () => {
  const { course } = courseOf(
    [0, told('closed', { calls: { success: 100 } })],
    [10, told('closed', { calls: { success: 3 } })],
  );
  expect(course.callsSinceMs).toBe(startMs);
  expect(course.window.attempts).toBe(3);
});

test('the configuration: its generation grows with each change, and silence is no change', () => {
  const figures = (config_capacity: number) => told('closed', { figures: { config_capacity } });
  const first = courseOf([0, figures(5)]);
  expect(first.course.generation).toBe(1);
  const changed = courseOf([0, figures(5)], [10, told('closed')], [20, figures(5)], [30, figures(7)]);
  expect(changed.course.generation).toBe(2);
  expect(changed.reconfigured).toEqual({ config_capacity: [5, 7] });
});
