import { describe, expect, test } from 'vitest';
import { countArrivals } from './arrivals-memory.js';
import type { ArrivalsMemory } from './arrivals-memory.js';
import { addArrivals } from './arrivals.js';

const now = { id: 'a', atMs: 2_000, newSinceMs: undefined };
const before = { id: 'a', total: 10, sinceMs: 1_000, ends: [5, 7] };

describe('what arrived at a topic', () => {
  test('at the first sight nothing, unless the topic is new', () => {
    const first = addArrivals(undefined, { ...now, ends: [5, 7] });
    expect(first.arrivals).toEqual({ id: 'a', total: 0, sinceMs: 2_000, ends: [5, 7] });
    const made = addArrivals(undefined, { ...now, ends: [5, 7], newSinceMs: 1_500 });
    expect(made.arrivals).toMatchObject({ total: 12, sinceMs: 1_500 });
  });

  test.each([
    ['what the ends grew by', [6, 9], 13],
    ['nothing where an end was not read: it counts when it is read again', [6, null], 11],
    ['all of a partition that was added', [5, 7, 4], 14],
    ['nothing for an end that fell under the same id, after an unclean election', [3, 7], 10],
  ])('%s', (_, ends, total) => {
    const { arrivals, isRecreated } = addArrivals(before, { ...now, ends });
    expect({ total: arrivals.total, isRecreated }).toEqual({ total, isRecreated: false });
    expect(arrivals.sinceMs).toBe(1_000);
  });

  test('what was not read keeps its last end', () => {
    const gap = addArrivals(before, { ...now, ends: [5, null] }).arrivals;
    expect(addArrivals(gap, { ...now, ends: [5, 9] }).arrivals.total).toBe(12);
  });

  test('a partition that could not be read at the first sight begins when it is read: what it held is no arrival', () => {
    const half = addArrivals(undefined, { ...now, ends: [5, null] }).arrivals;
    const whole = addArrivals(half, { ...now, ends: [5, 900] }).arrivals;
    expect(whole.total).toBe(0);
    expect(addArrivals(whole, { ...now, ends: [5, 901] }).arrivals.total).toBe(1);
  });

  test('a topic that was made anew goes on counting, by its id, or without ids by an end that fell', () => {
    expect(addArrivals(before, { ...now, id: 'b', ends: [50, 70] })).toMatchObject({
      isRecreated: true,
      arrivals: { total: 130 },
    });
    const { id: _, ...withoutId } = before;
    expect(addArrivals(withoutId, { ...now, id: undefined, ends: [1, 8] })).toMatchObject({
      isRecreated: true,
      arrivals: { total: 19 },
    });
    expect(addArrivals(withoutId, { ...now, id: undefined, ends: [6, 8] }).isRecreated).toBe(false);
  });
});

describe('of all topics', () => {
  const seen: ArrivalsMemory = { atMs: 1_000, fingerprint: 'x', sawAll: true, topics: { orders: before } };
  const topics = [{ name: 'mail', id: 'm', ends: [3] }];
  const count = (memory: ArrivalsMemory | undefined, changed: object = {}) =>
    countArrivals(memory, { atMs: 2_000, fingerprint: 'x', seesAll: true, topics, ...changed });

  test('one that was not there in the pass before is new, and all of it counts', () => {
    expect(count(seen).of.get('mail')).toMatchObject({ total: 3, sinceMs: 1_000 });
  });

  test.each([
    ['nobody looked before', undefined, {}],
    ['others were selected', { ...seen, fingerprint: 'y' }, {}],
    ['some were left out, or none could be seen', { ...seen, sawAll: false }, {}],
  ])('it may have been there unseen, when %s', (_, memory, changed) => {
    expect(count(memory, changed).of.get('mail')).toMatchObject({ total: 0, sinceMs: 2_000 });
  });

  test('one that is gone is kept for a day, and goes on when it comes again', () => {
    const gone = count(seen).memory;
    expect(gone.topics['orders']).toMatchObject({ total: 10, goneMs: 2_000 });
    const again = countArrivals(gone, {
      ...gone,
      atMs: 3_000,
      seesAll: true,
      topics: [{ name: 'orders', id: 'z', ends: [1] }],
    });
    expect(again.of.get('orders')).toEqual({ id: 'z', total: 11, sinceMs: 1_000, ends: [1] });
    expect(again.recreated).toEqual(['orders']);
    expect(count(gone, { atMs: 2_000 + 86_400_000 }).memory.topics).not.toHaveProperty('orders');
  });

  test('a topic may be called like what every object has', () => {
    const odd = [{ name: 'constructor', id: 'c', ends: [3] }];
    expect(count(seen, { topics: odd }).of.get('constructor')).toMatchObject({ total: 3 });
  });
});
