import { setTimeout as sleep } from 'node:timers/promises';
import * as cockatiel4 from 'cockatiel';
import * as cockatiel3 from 'cockatiel-3';
import { describe, expect, test } from 'vitest';
import { clientRig } from '../testing/client-rig.js';

const versions = [
  ['3', cockatiel3],
  ['4', cockatiel4],
] as const;
const byName = { component: 'payments' };
const fails = async () => {
  throw new Error('down');
};

describe.each(versions)('cockatiel %s', (_version, given) => {
  // Both have what is used here.
  const cockatiel = given as typeof cockatiel4;
  const { ConsecutiveBreaker, SamplingBreaker, circuitBreaker, handleAll, handleWhen, timeout, wrap } = cockatiel;

  function rig(policy = circuitBreaker(handleAll, { halfOpenAfter: 200, breaker: new ConsecutiveBreaker(2) })) {
    const { client, ...rest } = clientRig();
    const watch = client.watchBreaker('payments', policy, { criticality: 'high' });
    const run = (work: () => Promise<unknown>) => policy.execute(work).catch((error: Error) => error);
    return { policy, client, watch, run, ...rest };
  }

  test('opens, turns away, tries, closes', async () => {
    const { bus, pass, run, problems } = rig();
    await run(fails);
    await run(fails);
    await pass();
    expect(state(bus)).toBe('open');
    await run(fails);
    await sleep(230);
    expect(await run(async () => 'well')).toBe('well');
    await pass();
    expect(state(bus)).toBe('closed');
    const changes = bus.eventsOf('circuit_breaker.transition');
    expect(changes.map(({ from, to, cause }) => `${from}>${to} ${cause}`)).toEqual([
      'closed>open threshold',
      'open>half_open probe',
      'half_open>closed probe',
    ]);
    expect(changes[0]).toMatchObject({ failures: 2 });
    expect(bus.value('omninode_circuit_breaker_trips_total', byName)).toBe(1);
    expect([outcome(bus, 'failure'), outcome(bus, 'rejected'), outcome(bus, 'success')]).toEqual([2, 1, 1]);
    expect(bus.sum('omninode_circuit_breaker_recovery_seconds', byName)).toBeGreaterThan(0.19);
    expect(problems).toEqual([]);
  });

  test('held open by hand is forced open, and what it turns away is counted', async () => {
    const { policy, bus, pass, run } = rig();
    const held = policy.isolate();
    await run(async () => 'well');
    await pass();
    expect(state(bus)).toBe('forced_open');
    expect(outcome(bus, 'rejected')).toBe(1);
    held.dispose();
    await pass();
    expect(state(bus)).toBe('closed');
    const causes = bus.eventsOf('circuit_breaker.transition').map(({ cause }) => cause);
    expect(causes).toEqual(['manual', 'manual']);
    expect(bus.value('omninode_circuit_breaker_trips_total', byName)).toBe(0);
  });

  test('errors that it was told not to count are ignored, timeouts are told apart', async () => {
    const counted = handleWhen((error) => (error as Error).message !== 'not found');
    const breaker = circuitBreaker(counted, { halfOpenAfter: 30, breaker: new ConsecutiveBreaker(5) });
    const { bus, pass, run } = rig(breaker);
    await run(async () => {
      throw new Error('not found');
    });
    const limited = timeout(5, cockatiel.TimeoutStrategy.Aggressive);
    await run(() => limited.execute(() => sleep(3_000, undefined, { ref: false })));
    await pass();
    expect([outcome(bus, 'ignored'), outcome(bus, 'timeout'), outcome(bus, 'failure')]).toEqual([1, 1, undefined]);
  });

  test('a rejection by a breaker below is a failure of this one, and within a wrap nothing is lost', async () => {
    const below = circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(1) });
    await below.execute(fails).catch(() => undefined);
    const { policy, bus, pass } = rig();
    await wrap(policy, below)
      .execute(async () => 'well')
      .catch(() => undefined);
    await pass();
    expect([outcome(bus, 'failure'), outcome(bus, 'rejected')]).toEqual([1, undefined]);
  });

  test('what can be known of the configuration is told', async () => {
    const sampling = new SamplingBreaker({ threshold: 0.2, duration: 30_000, minimumRps: 2 });
    const { bus, pass } = rig(circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: sampling }));
    await pass();
    const setting = (name: string) => bus.value(`omninode_circuit_breaker_config_${name}`, byName);
    expect(setting('failure_threshold_ratio')).toBe(0.2);
    expect(setting('minimum_calls')).toBe(60);
    expect(setting('window_seconds')).toBe(30);
    expect(setting('reset_timeout_seconds')).toBe(10);
    expect(setting('half_open_calls')).toBe(1);
    expect(setting('failure_threshold')).toBeUndefined();
    expect(setting('generation')).toBe(1);
  });

  test('after its watch is stopped the breaker is left as it was', async () => {
    const { policy, bus, pass, run, watch } = rig();
    expect(Object.hasOwn(policy, 'execute')).toBe(true);
    watch.stop();
    expect(Object.hasOwn(policy, 'execute')).toBe(false);
    await run(async () => 'well');
    await pass();
    expect(outcome(bus, 'success')).toBeUndefined();
  });
});

type Bus = ReturnType<typeof clientRig>['bus'];

function outcome(bus: Bus, name: string): unknown {
  return bus.value('omninode_circuit_breaker_calls_total', { ...byName, outcome: name });
}

function state(bus: Bus): string | undefined {
  return ['closed', 'open', 'half_open', 'forced_open', 'unknown'].find(
    (each) => bus.value('omninode_circuit_breaker_status', { ...byName, criticality: 'high', state: each }) === 1,
  );
}
