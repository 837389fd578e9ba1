import { expect, test } from 'vitest';
import { groupPart } from './group-part.js';

const listed = { group: 'billing', protocolType: 'consumer', state: 'Stable', type: 'classic' };
const described = { group: 'billing', errorCode: 0, state: 'Dead', members: 0 };

test('a classic group is what its coordinator describes', () => {
  const told = { ...described, state: 'PreparingRebalance', members: 2 };
  expect(groupPart(listed, told, undefined)).toMatchObject({
    type: 'classic',
    state: 'PreparingRebalance',
    members: 2,
  });
});

test('where types are not told, a listed group that is described as dead is of the new protocol, and not dead (7.4)', () => {
  const old = { ...listed, type: undefined };
  expect(groupPart(old, described, undefined)).toEqual({
    group: 'billing',
    type: 'unknown',
    protocolType: 'consumer',
    state: 'Stable',
  });
  // Before 2.6 the list tells no state either: then there is none to tell.
  expect(groupPart({ ...old, state: undefined }, described, undefined)).not.toHaveProperty('state');
  expect(groupPart(old, { ...described, state: 'Stable', members: 1 }, undefined)).toMatchObject({
    state: 'Stable',
    members: 1,
  });
});

test('a group that could not be described keeps its listed state, and says why the rest is missing', () => {
  expect(groupPart(listed, { ...described, errorCode: 16 }, undefined)).toEqual({
    group: 'billing',
    type: 'classic',
    protocolType: 'consumer',
    state: 'Stable',
    errorCode: 16,
  });
  expect(groupPart({ ...listed, state: 'Empty' }, undefined, undefined)).toMatchObject({ state: 'Empty', members: 0 });
});

test('commits: those below 0 are none (G 3.2.3), and after an error there are none to tell', () => {
  const partition = { topic: 'orders', partition: 0, offset: 5, errorCode: 0 };
  const committed = {
    group: 'billing',
    errorCode: 0,
    partitions: [partition, { ...partition, partition: 1, offset: -2 }],
  };
  expect(groupPart(listed, undefined, committed).committed).toEqual([['orders', 0, 5]]);
  expect(groupPart(listed, undefined, { ...committed, errorCode: 30 })).toMatchObject({ errorCode: 30 });
  expect(groupPart(listed, undefined, { ...committed, errorCode: 30 })).not.toHaveProperty('committed');
});
