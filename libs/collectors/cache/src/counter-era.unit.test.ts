import { expect, test } from 'vitest';
import { countedSince } from './counter-era.js';

const before = { run: 'a', startMs: 1_000, atMs: 100_000, counts: { hits: '100', misses: '9007199254740993' } };
const same = {
  run: 'a',
  upMs: 109_000,
  startMs: 1_000,
  mayHaveBeenReset: false,
  counts: { hits: '100', misses: '9007199254740993' },
};

test('on first sight counters began with the process, unless they may have been reset since', () => {
  expect(countedSince(same, undefined, 110_000)).toMatchObject({ era: { startMs: 1_000 }, reset: undefined });
  expect(countedSince({ ...same, mayHaveBeenReset: true }, undefined, 110_000).era.startMs).toBeNull();
  expect(countedSince({ mayHaveBeenReset: false, counts: {} }, undefined, 110_000).era).toEqual({
    run: null,
    startMs: null,
    atMs: 110_000,
    counts: {},
  });
});

test('counters that do not fall go on, and keep the start that was told first', () => {
  const now = { ...same, startMs: 2_000, mayHaveBeenReset: true };
  expect(countedSince(now, before, 110_000)).toMatchObject({ era: { startMs: 1_000 }, reset: undefined });
});

test('one that falls in the same process is a RESETSTAT after the pass before, compared exactly (R2, T5)', () => {
  const now = { ...same, counts: { hits: '101', misses: '9007199254740992' } };
  expect(countedSince(now, before, 110_000)).toMatchObject({ era: { startMs: 100_000 }, reset: 'resetstat' });
});

test('another process that was started since is a restart, one that ran then already a failover', () => {
  const started = { ...same, run: 'b', upMs: 9_000, startMs: 101_000 };
  expect(countedSince(started, before, 110_000)).toMatchObject({ era: { startMs: 101_000 }, reset: 'restart' });
  const ranThen = { ...same, run: 'b', upMs: 50_000, startMs: 60_000 };
  expect(countedSince(ranThen, before, 110_000)).toMatchObject({ era: { startMs: 60_000 }, reset: 'failover' });
  expect(countedSince({ ...ranThen, mayHaveBeenReset: true }, before, 110_000).era.startMs).toBeNull();
});

test('a source that names no runs can only fall', () => {
  const nameless = { mayHaveBeenReset: true, counts: { hits: '5' } };
  const known = { ...before, run: null, startMs: null };
  expect(countedSince(nameless, known, 110_000)).toMatchObject({ era: { startMs: 100_000 }, reset: 'unknown' });
});
