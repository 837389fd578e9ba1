import { topicNames } from '@omninode/contracts';
import { describe, expect, test } from 'vitest';
import type { HandlerExtras } from './consume-topic.js';
import { declaredConsumers, type MeshHandler } from './declared-consumers.js';

const topics = topicNames();

describe('declared consumers', () => {
  test('a hook belongs to the consumer of its topic in the same controller', () => {
    const [first, second] = declared(
      { role: 'batch', topic: 'measurement', controller: 'A', group: 'aggregator', commit: false },
      { role: 'assigned', topic: 'measurement', controller: 'A' },
      { role: 'revoked', topic: 'measurement', controller: 'B' },
      { role: 'batch', topic: 'measurement', controller: 'B', group: 'recorder', maxAttempts: 2 },
    );
    expect(first).toMatchObject({ topic: topics.measurement, group: 'omninode-mesh.aggregator', commit: false });
    expect(first!.assigned?.extras).toMatchObject({ role: 'assigned', controller: 'A' });
    expect(first!.revoked).toBeUndefined();
    expect(second).toMatchObject({ group: 'omninode-mesh.recorder', maxAttempts: 2 });
    expect(second!.revoked?.extras).toMatchObject({ controller: 'B' });
  });

  test('a hook names its group where a controller consumes a topic in several', () => {
    const consumers = declared(
      { role: 'batch', topic: 'alert', controller: 'A', group: 'mail' },
      { role: 'batch', topic: 'alert', controller: 'A', group: 'chat' },
      { role: 'assigned', topic: 'alert', controller: 'A', group: 'chat' },
    );
    expect(consumers.map(({ group, assigned }) => [group, assigned !== undefined])).toEqual([
      ['omninode-mesh.mail', false],
      ['omninode-mesh.chat', true],
    ]);
  });

  test('a hook without a consumer is refused', () => {
    expect(() => declared({ role: 'assigned', topic: 'alert', controller: 'Lonely' })).toThrow(
      expect.objectContaining({ code: 'CONSUMER_MISSING', message: expect.stringContaining('Lonely') }),
    );
  });

  test('one group and topic has one handler', () => {
    expect(() =>
      declared(
        { role: 'batch', topic: 'alert', controller: 'First', group: 'mail' },
        { role: 'batch', topic: 'alert', controller: 'Second', group: 'mail' },
      ),
    ).toThrow(
      expect.objectContaining({ code: 'CONSUMER_DECLARED_TWICE', message: expect.stringMatching(/First.*Second/) }),
    );
  });
});

function declared(...all: HandlerExtras[]) {
  const handlers = all.map((extras): [string, MeshHandler] => [
    JSON.stringify(extras),
    Object.assign(() => Promise.resolve(undefined), { extras }),
  ]);
  return declaredConsumers(new Map(handlers), topics);
}
