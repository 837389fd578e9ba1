import { describe, expect, test } from 'vitest';
import { kafkaConfig } from '../kafka.config.js';
import { selectionOf } from './selection.js';

const select = (config: object = {}) =>
  selectionOf(kafkaConfig.parse({ topics: {}, groups: {}, deadLetters: {}, ...config }));
const named = (...names: string[]) => names.map((name) => ({ name, isInternal: name === '__consumer_offsets' }));

describe('dead letters', () => {
  test.each([
    'orders.dlq',
    'dev.billing.consume.v1.dlq',
    'onex.dlt.orders.v1',
    'omninode_codegen_dlq_failed_v1',
    'onex.dlq.omnibase-infra.orders.v1',
    'onex.evt.omniclaude.tool-executed-dlq.v1',
    'agent-observability-dlq',
    'orders.DLT',
    'orders-dlt',
    'orders.dead-letter',
    'dead_letters_v2',
  ])('%s holds them', (name) => {
    expect(select().deadLetters(named(name)).names).toEqual([name]);
  });

  test.each(['orders', 'adlqx', 'orders-retry-1', 'deadline.letters', 'onex.evt.handling.v1'])(
    '%s does not',
    (name) => {
      expect(select().deadLetters(named(name)).names).toEqual([]);
    },
  );

  test('other patterns replace those, names can be pinned, and what is excluded is not watched', () => {
    const selection = select({
      topics: { include: ['^orders$'], exclude: ['^test'] },
      deadLetters: { patterns: ['-failed$'], topics: ['graveyard'] },
    });
    const topics = named('orders-failed', 'orders.dlq', 'graveyard', 'test-failed', 'orders');
    expect(selection.deadLetters(topics).names).toEqual(['graveyard', 'orders-failed']);
    expect(selection.topics(topics).names).toEqual(['orders']);
  });
});

test("Kafka's own topics, and groups that are nobody's work, are left out unless they are asked for (7.7)", () => {
  const topics = named('orders', '__consumer_offsets', '__transaction_state', '_schemas');
  const groups = [
    'billing',
    'console-consumer-4711',
    '__kminion',
    'omninode-mesh.kafka-collector',
    'omninode-mesh.aggregator',
  ];
  expect(select().topics(topics).names).toEqual(['orders']);
  expect(select().groups(groups).names).toEqual(['billing', 'omninode-mesh.aggregator']);
  const all = select({ topics: { internal: true }, groups: { internal: true } });
  expect(all.topics(topics).names).toHaveLength(4);
  expect(all.groups(groups).names).toHaveLength(5);
});

test('a cap keeps the same ones, and counts the others', () => {
  const selection = select({ topics: { max: 2 } });
  expect(selection.topics(named('c', 'a', 'b'))).toEqual({ names: ['a', 'b'], leftOut: 1 });
  expect(selection.topics(named('a', 'b'))).toEqual({ names: ['a', 'b'], leftOut: 0 });
});

test('what can not be a pattern is refused', () => {
  expect(kafkaConfig.safeParse({ topics: { include: ['('] }, groups: {}, deadLetters: {} }).success).toBe(false);
});

test('the fingerprint tells when others are selected', () => {
  expect(select().fingerprint).toBe(select().fingerprint);
  expect(select({ topics: { exclude: ['x'] } }).fingerprint).not.toBe(select().fingerprint);
});
