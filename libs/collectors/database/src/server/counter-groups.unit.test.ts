import { expect, test } from 'vitest';
import { countedGroups, counterGroupsSchema, startOf } from './counter-groups.js';

const first = countedGroups(
  { atMs: 10_000, started: '5', groups: { a: { values: ['7'], reset: '4.5' }, b: { values: ['9'] } } },
  undefined,
);

test('each group has its own start', () => {
  expect([startOf(first, 'a'), startOf(first, 'b'), startOf(first, 'c')]).toEqual([4_500, null, null]);
  const next = countedGroups(
    { atMs: 20_000, started: '5', groups: { a: { values: ['8'] }, b: { values: ['1'] } } },
    first,
  );
  expect([startOf(next, 'a'), startOf(next, 'b')]).toEqual([4_500, 10_000]);
});

test('a group that is away for a pass goes on when it is back', () => {
  const away = countedGroups({ atMs: 20_000, groups: { b: { values: [null] } } }, first);
  expect(away.groups).toEqual(first.groups);
  expect(startOf(countedGroups({ atMs: 30_000, groups: { a: { values: ['8'] } } }, away), 'a')).toBe(4_500);
});

test('is JSON', () => {
  expect(counterGroupsSchema.parse(JSON.parse(JSON.stringify(first)))).toEqual(first);
});
