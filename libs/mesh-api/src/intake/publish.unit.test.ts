import { CodedError, type ErrorDeclaration } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { IntakeTally } from './intake.metrics.js';
import type { MeasurementIntake } from './measurement-intake.js';
import { publish } from './publish.js';

const record = { key: 'shop', contentType: 'application/json', value: Buffer.alloc(600) };

test('a bus that does not answer is given up in time, and what it has still counts as waiting', async () => {
  const bus = Promise.withResolvers<void>();
  const { tally, send } = intakeOf({ accept: () => bus.promise });
  await expect(send()).rejects.toMatchObject({ code: 'BUS_UNAVAILABLE', retryable: true });
  expect(tally.pendingBytes).toBe(600);
  bus.resolve();
  await bus.promise;
  await Promise.resolve();
  expect(tally.pendingBytes).toBe(0);
});

test('a bus that fails after it was given up harms nobody', async () => {
  const bus = Promise.withResolvers<void>();
  const { tally, send } = intakeOf({ accept: () => bus.promise });
  await expect(send()).rejects.toMatchObject({ code: 'BUS_UNAVAILABLE' });
  bus.reject(new Error('too late'));
  // An unhandled rejection would fail this run.
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(tally.pendingBytes).toBe(0);
});

test('no more waits for the bus than may; a single request always fits', async () => {
  const bus = Promise.withResolvers<void>();
  const { send } = intakeOf({ accept: () => bus.promise }, { pendingLimit: 500, timeoutMs: 1_000 });
  const first = send();
  await expect(send()).rejects.toMatchObject({ code: 'BUS_BUSY', retryable: true });
  bus.resolve();
  await first;
  await send();
});

test.each([
  ['PUBLISH_TIMED_OUT', true, 'BUS_UNAVAILABLE'],
  ['BUS_CLOSED', false, 'BUS_UNAVAILABLE'],
  ['PUBLISH_QUEUE_FULL', true, 'BUS_BUSY'],
  ['RECORD_TOO_LARGE', false, 'RECORD_TOO_LARGE'],
  ['TOPIC_UNKNOWN', false, 'TOPIC_UNKNOWN'],
])('what the bus calls %s (retryable: %s) is %s', async (code, retryable, expected) => {
  const declaration: ErrorDeclaration = { phase: 'bus', retryable, message: 'No.' };
  const { tally, send } = intakeOf({ accept: () => Promise.reject(new CodedError(code, declaration, {})) });
  await expect(send()).rejects.toMatchObject({ code: expected });
  expect(tally.pendingBytes).toBe(0);
});

function intakeOf(intake: MeasurementIntake, limits = { pendingLimit: 10_000, timeoutMs: 20 }) {
  const tally = new IntakeTally();
  return { tally, send: () => publish([record], { intake, tally, ...limits }) };
}
