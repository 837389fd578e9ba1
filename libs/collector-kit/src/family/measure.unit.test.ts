import { counter, gauge } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { defineFamily } from './define-family.js';
import type { Figure } from './figure.js';
import { LabelSets } from './label-sets.js';
import { measure } from './measure.js';

const pass = {
  atMs: 5_000,
  answerMs: 1,
  connectMs: 1,
  takenAtMs: 0,
  memory: undefined,
  followUp: undefined,
  followUpMs: 0,
  followUpFailed: false,
};

const family = defineFamily<string, readonly Figure[]>()({
  name: 'figures',
  lane: 'fast',
  query: '',
  metrics: { omninode_level: gauge('rows', 'Level.', ['at']), omninode_rows_total: counter('rows', 'Rows.') },
  toMeasurements(figures, record) {
    figures.forEach((figure, at) => record.omninode_level(figure, { at: String(at) }));
  },
});
const measured = (...figures: Figure[]) => measure(family, figures, pass, new LabelSets(family));

test('what the source did not say is no value, never 0 (P11)', () => {
  expect(measured(null, undefined)).toMatchObject({ values: [], failures: [], report: undefined });
});

test.each<[Figure, number]>([
  ['12.5', 12.5],
  ['9007199254740993', 9007199254740992],
  [7n, 7],
  ['-1e3', -1000],
])('%s is %d: big numbers come as text (T5)', (figure, value) => {
  expect(measured(figure).values).toMatchObject([{ value }]);
});

test.each<Figure>([NaN, Infinity, '', ' ', 'NaN', 'x', '0x10', '1_000'])(
  '%j is a failure of that one value',
  (figure) => {
    const { values, failures } = measured(1, figure, 3);
    expect(values.map(({ value }) => value)).toEqual([1, 3]);
    expect(failures.map(({ code }) => code)).toEqual(['NOT_FINITE']);
  },
);

test('a total below zero and a series recorded twice are failures', () => {
  const twice = defineFamily<string, number>()({
    name: 'twice',
    lane: 'fast',
    query: '',
    metrics: { omninode_a: gauge('rows', 'A.', ['l']), omninode_b_total: counter('rows', 'B.') },
    toMeasurements(_, record) {
      record.omninode_a(1, { l: 'x' });
      record.omninode_a(2, { l: 'x' });
      record.omninode_b_total(-1, 1_000);
      record.omninode_b_total(4, 1_000);
    },
  });
  const { values, failures } = measure(twice, 0, pass, new LabelSets(twice));
  expect(values.map(({ name, value, startMs }) => [name, value, startMs])).toEqual([
    ['omninode_a', 1, null],
    ['omninode_b_total', 4, 1_000],
  ]);
  expect(failures.map(({ code }) => code)).toEqual(['RECORDED_TWICE', 'NEGATIVE_TOTAL']);
});

test('a family that throws keeps what it had recorded', () => {
  const throwing = defineFamily<string, { rows: number } | null>()({
    name: 'throwing',
    lane: 'fast',
    query: '',
    metrics: { omninode_a: gauge('rows', 'A.') },
    toMeasurements(reply, record) {
      record.omninode_a(1);
      record.omninode_a((reply as { rows: number }).rows);
    },
  });
  const { values, failures } = measure(throwing, null, pass, new LabelSets(throwing));
  expect(values).toHaveLength(1);
  expect(failures[0]).toMatchObject({ code: 'FAMILY_THREW', cause: expect.any(TypeError) as TypeError });
});
