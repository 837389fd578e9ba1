import { expect, test } from 'vitest';
import { OwnCounter } from './own-counter.js';
import { addOwn, ownKeys, ownOf, withoutOwn } from './own-use.js';

const info = ownKeys.calls('info');

test('adds up over passes, connections and owners', () => {
  const counter = new OwnCounter('one');
  counter.connected();
  counter.answered('info');
  let own = addOwn(undefined, counter.now(), undefined);
  expect(own.total).toEqual({ connections: 1, [info]: 1 });
  counter.answered('info');
  counter.connected();
  counter.answered('info');
  own = addOwn(own, counter.now(), undefined);
  expect(own.total).toEqual({ connections: 2, [info]: 3 });

  const next = new OwnCounter('two');
  next.connected();
  next.answered('info');
  own = addOwn(own, next.now(), undefined);
  expect(own.total).toEqual({ connections: 3, [info]: 4 });
});

test('a new process knows the present connection only; after a RESETSTAT nothing is certain', () => {
  const counter = new OwnCounter('one');
  counter.connected();
  for (let at = 0; at < 5; at++) counter.answered('info');
  const before = addOwn(undefined, counter.now(), undefined);
  counter.connected();
  counter.answered('info');
  expect(addOwn(before, counter.now(), 'restart').total).toEqual({ connections: 1, [info]: 1 });
  expect(addOwn(before, counter.now(), 'failover').total).toEqual({ connections: 1, [info]: 1 });
  const reset = addOwn(before, counter.now(), 'resetstat');
  expect(reset.total).toEqual({});
  counter.answered('info');
  expect(addOwn(reset, counter.now(), undefined).total).toMatchObject({ [info]: 1 });
});

test('errors count where the server counts them', () => {
  const counter = new OwnCounter('one');
  counter.answeredWithError('slowlog|get', 'NOPERM this user has no permissions');
  counter.answeredWithError('auth', 'WRONGPASS invalid username-password pair or user is disabled.');
  counter.answeredWithError('slowlog|get', "ERR unknown command 'SLOWLOG'");
  expect(counter.now().counts).toEqual({
    'errors NOPERM': 1,
    'rejected slowlog|get': 1,
    'errors WRONGPASS': 1,
    'calls auth': 1,
    'failed auth': 1,
    'errors ERR': 1,
  });
});

test('Redis before 7 counts subcommands as their command', () => {
  const total = { [ownKeys.calls('slowlog|get')]: 3, [ownKeys.calls('client|setname')]: 1, [info]: 7 };
  expect(ownOf(total, ownKeys.calls, 'slowlog')).toBe(3);
  expect(ownOf(total, ownKeys.calls, 'slowlog|get')).toBe(3);
  expect(ownOf(total, ownKeys.calls, 'slowlog|reset')).toBe(0);
  expect(ownOf(total, ownKeys.calls, 'info')).toBe(7);
});

test('what the server does not say stays unsaid, and nothing falls below 0', () => {
  expect(withoutOwn(undefined, 3)).toBeUndefined();
  expect(withoutOwn('2', 3)).toBe(0);
  expect(withoutOwn('9', 3)).toBe(6);
});
