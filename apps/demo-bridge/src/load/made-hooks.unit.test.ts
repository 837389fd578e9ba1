import { expect, test } from 'vitest';
import { seededChance } from '../chance.js';
import { readHookEvent } from '../hooks/hook-event.js';
import { resources } from '../queries.js';
import { madeHook } from './made-hooks.js';

test('the same seed makes the same hooks, nearly all of them valid, most of them of few resources', () => {
  const make = () => {
    const chance = seededChance(7);
    return Array.from({ length: 2_000 }, () => madeHook(chance));
  };
  const hooks = make();
  expect(make()).toEqual(hooks);
  const valid = hooks.flatMap((hook) => {
    try {
      return [readHookEvent(hook)];
    } catch {
      return []; // one of fifty is meant to be refused
    }
  });
  expect(hooks.length - valid.length).toBeGreaterThan(20);
  expect(hooks.length - valid.length).toBeLessThan(70);
  const asked = valid.map(({ payload }) => Number(payload.resource_id.slice('resource-'.length)));
  expect(Math.min(...asked)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...asked)).toBeLessThanOrEqual(resources);
  expect(asked.filter((resource) => resource <= resources / 2).length / asked.length).toBeGreaterThan(0.8);
});
