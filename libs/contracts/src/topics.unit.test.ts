import { expect, test } from 'vitest';
import { topicDeclaration, topicDeclarations, topicNames } from './topics.js';

test("names follow the platform's rule", () => {
  for (const name of Object.values(topicNames())) {
    expect(name).toMatch(/^onex\.(evt|cmd|snapshot|dlq)\.omninode-mesh\.[a-z-]+\.v\d+$/);
  }
});

test('the producer part is configurable, and a declaration is found by its full name', () => {
  const topics = topicNames('shop-mesh');
  expect(topics.measurement).toBe('onex.evt.shop-mesh.measurement.v1');
  expect(topicDeclaration(topics.state, 'shop-mesh')).toBe(topicDeclarations.state);
  expect(topicDeclaration(topics.state)).toBeUndefined();
});

test('compacted snapshots are kept for ever, and what is deleted says when', () => {
  for (const [topic, { cleanup, retentionMs }] of Object.entries(topicDeclarations)) {
    expect([topic, retentionMs !== undefined]).toEqual([topic, cleanup !== 'compact']);
  }
});
