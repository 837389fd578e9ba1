import { counter, gauge } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { defineFamily } from './define-family.js';
import { LabelSets } from './label-sets.js';
import { measure } from './measure.js';

type Rows = readonly (readonly [name: string, total: number])[];

const family = defineFamily<string, Rows>()({
  name: 'capped',
  lane: 'fast',
  query: '',
  maxLabelSets: 2,
  openLabels: ['database'],
  metrics: {
    omninode_sessions: gauge('sessions', 'Sessions.', ['database', 'state']),
    omninode_age_seconds: gauge('seconds', 'Age.', ['database']),
    omninode_rows_total: counter('rows', 'Rows.', ['database']),
    omninode_state: gauge('rows', 'States.', ['state']),
  },
  toMeasurements(rows, record) {
    for (const [database, total] of rows) {
      record.omninode_sessions(1, { database, state: 'idle' });
      record.omninode_sessions(2, { database, state: 'active' });
      record.omninode_age_seconds(total, { database });
      record.omninode_rows_total(total, { database }, 1_000);
    }
    for (const state of ['a', 'b', 'c']) record.omninode_state(1, { state });
  },
});

function passes(...replies: readonly Rows[]) {
  const labelSets = new LabelSets(family);
  return replies.map((rows, at) => {
    const pass = {
      atMs: 5_000 + at,
      answerMs: 1,
      connectMs: 1,
      takenAtMs: 0,
      memory: undefined,
      followUp: undefined,
      followUpMs: 0,
      followUpFailed: false,
    };
    const { values, cut } = measure(family, rows, pass, labelSets);
    const series = values.map(
      ({ name, labelValues, value, startMs }) => [`${name} ${labelValues.join(' ')}`, value, startMs] as const,
    );
    return {
      cut,
      values: new Map(series.map(([name, value]) => [name, value])),
      starts: new Map(series.map(([name, , start]) => [name, start])),
    };
  });
}

test('below the cap nothing changes, and labels with a known set of values are never cut', () => {
  const [{ cut, values }] = passes([
    ['x', 1],
    ['y', 2],
  ]) as [ReturnType<typeof passes>[0]];
  expect(cut).toBe(0);
  expect([...values.keys()].filter((name) => name.startsWith('omninode_state'))).toHaveLength(3);
});

test('beyond the cap the rest is other: sums where a sum has a meaning, and the cut is counted (P25)', () => {
  const [{ cut, values }] = passes([
    ['x', 1],
    ['y', 2],
    ['z', 3],
    ['w', 4],
  ]) as [ReturnType<typeof passes>[0]];
  expect(cut).toBe(2);
  expect(values.get('omninode_sessions other idle')).toBe(2);
  expect(values.get('omninode_sessions other active')).toBe(4);
  expect(values.has('omninode_age_seconds other')).toBe(false);
  expect(values.get('omninode_state c')).toBe(1);
});

test('the total of other only grows: by what its members grow, whoever comes and goes', () => {
  const [first, second, third, fourth] = passes(
    [
      ['x', 100],
      ['y', 100],
      ['z', 500],
      ['w', 500],
    ],
    [
      ['w', 510],
      ['z', 501],
      ['x', 110],
      ['y', 110],
    ],
    [
      ['z', 502],
      ['x', 120],
      ['y', 120],
    ], // w is dropped with its 510
    [
      ['z', 503],
      ['x', 130],
      ['y', 130],
      ['v', 9_000],
      ['u', 0],
    ], // v was there before we could see it
  ) as [
    ReturnType<typeof passes>[0],
    ReturnType<typeof passes>[0],
    ReturnType<typeof passes>[0],
    ReturnType<typeof passes>[0],
  ];
  const others = [first, second, third, fourth].map(({ values }) => values.get('omninode_rows_total other'));
  expect(others).toEqual([0, 11, 12, 13]);
  expect(second.starts.get('omninode_rows_total other')).toBe(5_000);
  expect(second.values.get('omninode_rows_total x')).toBe(110);
});

test('who is in stays in while it is seen; a place that becomes free is given away', () => {
  const [, second, third] = passes(
    [
      ['x', 1],
      ['y', 1],
    ],
    [
      ['a', 1],
      ['y', 2],
      ['x', 2],
    ],
    [
      ['a', 2],
      ['x', 3],
    ],
  ) as [unknown, ReturnType<typeof passes>[0], ReturnType<typeof passes>[0]];
  expect([...second.values.keys()].filter((name) => name.startsWith('omninode_rows'))).toEqual([
    'omninode_rows_total y',
    'omninode_rows_total x',
    'omninode_rows_total other',
  ]);
  expect([...third.values.keys()].filter((name) => name.startsWith('omninode_rows'))).toEqual([
    'omninode_rows_total a',
    'omninode_rows_total x',
  ]);
});
