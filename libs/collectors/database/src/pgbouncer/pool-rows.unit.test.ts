import { expect, test } from 'vitest';
import { readPools } from './pool-rows.js';

const pool = { database: 'orders', user: 'app', sv_active: '2', sv_idle: '1', cl_active: '3', cl_waiting: '6' };
const read = (row: object, more: object = {}) =>
  readPools({
    rows: { POOLS: [{ ...pool, ...row }], DATABASES: [{ name: 'orders', pool_size: '4' }], ...more },
    refused: [],
  })[0];

test('waits below a second are in a column of their own', () => {
  expect(read({ maxwait: '0', maxwait_us: '250000' })?.longestWait).toBe(0.25);
  expect(read({ maxwait: '3', maxwait_us: '500' })?.longestWait).toBe(3.0005);
  expect(read({ maxwait: '3' })?.longestWait).toBe(3);
  expect(read({})?.longestWait).toBeUndefined();
});

test('connections of every state count, those of states that a version does not know as none', () => {
  expect(read({})).toMatchObject({ inUse: 2, idle: 1, clients: 3, waiting: 6 });
  const all = {
    sv_login: '1',
    sv_active_cancel: '1',
    sv_being_canceled: '1',
    sv_used: '1',
    sv_tested: '1',
    sv_new: '9',
  };
  expect(read(all)).toMatchObject({ inUse: 5, idle: 3 });
});

test('the size is the user’s own where it has one (1.23), else that of the database, else not told', () => {
  expect(read({})?.size).toBe(4);
  expect(read({}, { USERS: [{ name: 'app', pool_size: '9' }] })?.size).toBe(9);
  expect(read({}, { USERS: [{ name: 'app', pool_size: '' }] })?.size).toBe(4); // 1.23 without one
  expect(read({}, { USERS: [{ name: 'app', pool_size: null }] })?.size).toBe(4); // 1.24 without one
  expect(read({}, { USERS: [{ name: 'app' }] })?.size).toBe(4); // before 1.23
  expect(read({}, { DATABASES: [] })?.size).toBeUndefined();
});

test('a size that the console repeats for the users after the one who has it is not told of them', () => {
  const users = [
    { name: 'first', pool_size: '' },
    { name: 'sized', pool_size: '        7' },
    { name: 'app', pool_size: '        7' },
    { name: 'other', pool_size: '        9' },
  ];
  expect(read({}, { USERS: users })?.size).toBeUndefined();
  for (const [user, size] of [
    ['first', 4],
    ['sized', 7],
    ['other', 9],
  ] as const) {
    expect(read({ user }, { USERS: users })?.size).toBe(size);
  }
});

test('the console itself is no pool', () => {
  expect(read({ database: 'pgbouncer' })).toBeUndefined();
});
