import { expect, test } from 'vitest';
import { RecentEvents, type KeptEvent } from './recent-events.js';

test('the newest of each sort stands, by time and not by arrival', () => {
  const events = new RecentEvents();
  events.add(event(1, { timeMs: 20, attributes: { family: 'a', status: 'ok' } }));
  events.add(event(2, { timeMs: 10, attributes: { family: 'a', status: 'late' } }));
  events.add(event(3, { timeMs: 5, attributes: { family: 'b' } }));
  expect(events.current('collector.status').map(({ id }) => id)).toEqual(['1.0', '3.0']);
  expect(events.recent().map(({ id }) => id)).toEqual(['3.0', '2.0', '1.0']);
});

test('one loud entity does not push out what happened to the others', () => {
  const events = new RecentEvents({ sorts: 10, perEntity: 3, characters: 1e6 });
  events.add(event(1, { entity: 'quiet' }));
  for (let offset = 2; offset < 100; offset++) events.add(event(offset, { entity: 'loud' }));
  expect(events.recent().map(({ id }) => id)).toEqual(['99.0', '98.0', '97.0', '1.0']);
});

test('large events are bounded by their size: those of the entity that was silent for longest go first', () => {
  const events = new RecentEvents({ sorts: 10, perEntity: 100, characters: 10_000 });
  const attributes = { text: 'x'.repeat(1_000) };
  for (let offset = 1; offset <= 100; offset++) events.add(event(offset, { entity: `e${offset % 2}`, attributes }));
  expect(JSON.stringify(events.recent()).length).toBeLessThan(12_000);
  expect(events.recent()[0]?.id).toBe('100.0');
});

test('sorts are bounded, the one that changed last longest ago goes first', () => {
  const events = new RecentEvents({ sorts: 2, perEntity: 9, characters: 1e6 });
  for (const [offset, family] of ['a', 'b', 'a', 'c'].entries()) events.add(event(offset, { attributes: { family } }));
  expect(events.current('collector.status').map(({ attributes }) => attributes.family)).toEqual(['a', 'c']);
});

test('what happened long ago is forgotten, what is true still is not', () => {
  const events = new RecentEvents();
  events.add(event(1, { timeMs: 10 }));
  events.forget(11);
  expect([events.recent(), events.current('collector.status').length]).toEqual([[], 1]);
});

test('it comes back from its form as it was', () => {
  const events = new RecentEvents();
  for (let offset = 1; offset < 300; offset++) {
    events.add(event(offset, { entity: `e${offset % 3}`, attributes: { family: String(offset % 50) } }));
  }
  const again = RecentEvents.of(JSON.parse(JSON.stringify(events)) as ReturnType<RecentEvents['toJSON']>);
  expect([again.recent(), again.current('collector.status')]).toEqual([
    events.recent(),
    events.current('collector.status'),
  ]);
});

function event(offset: number, given: Partial<KeptEvent>): KeptEvent {
  return {
    id: `${offset}.0`,
    entity: 'e',
    producer: 'database/e',
    name: 'collector.status',
    timeMs: offset,
    attributes: {},
    ...given,
  };
}
