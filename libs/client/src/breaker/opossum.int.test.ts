import { setTimeout as sleep } from 'node:timers/promises';
import CircuitBreaker10 from 'opossum';
import CircuitBreaker8 from 'opossum-8';
import CircuitBreaker9 from 'opossum-9';
import { describe, expect, test } from 'vitest';
import { clientRig } from '../testing/client-rig.js';

const versions = [
  ['8.5', CircuitBreaker8],
  ['9', CircuitBreaker9],
  ['10', CircuitBreaker10],
] as const;
const component = 'payments';
const byName = { component };
const fails = async () => {
  throw new Error('down');
};

describe.each(versions)('opossum %s', (_version, CircuitBreaker) => {
  /** A breaker around what is given to `fire`. */
  function rig(options: CircuitBreaker10.Options = {}) {
    const breaker = new CircuitBreaker(async (work: () => Promise<unknown>) => work(), {
      errorThresholdPercentage: 50,
      volumeThreshold: 2,
      resetTimeout: 150,
      timeout: 20,
      ...options,
    });
    const { client, ...rest } = clientRig();
    const watch = client.watchBreaker(component, breaker, { criticality: 'critical' });
    const fire = (work: () => Promise<unknown>) => breaker.fire(work).catch((error: Error) => error);
    return { breaker, client, watch, fire, ...rest };
  }

  test('opens, tries, closes: states, transitions with their causes, trips and recovery', async () => {
    const { breaker, bus, pass, fire, problems } = rig();
    await pass();
    expect(status(bus)).toBe('closed');
    expect(bus.value('omninode_circuit_breaker_trips_total', byName)).toBe(0);

    await fire(fails);
    await fire(fails);
    await fire(fails);
    await pass();
    expect(status(bus)).toBe('open');
    await sleep(180);
    await pass();
    expect(status(bus)).toBe('half_open');
    await fire(async () => 'well');
    await pass();
    expect(status(bus)).toBe('closed');
    breaker.shutdown();

    const transitions = bus.eventsOf('circuit_breaker.transition');
    expect(transitions.slice(0, 3)).toEqual([
      expect.objectContaining({
        from: 'closed',
        to: 'open',
        cause: 'threshold',
        criticality: 'critical',
        calls: 2,
        failures: 2,
      }),
      expect.objectContaining({ from: 'open', to: 'half_open', cause: 'probe' }),
      expect.objectContaining({ from: 'half_open', to: 'closed', cause: 'probe' }),
    ]);
    expect(bus.value('omninode_circuit_breaker_trips_total', byName)).toBe(1);
    expect(
      bus.value('omninode_circuit_breaker_transitions_total', { ...byName, from: 'half_open', to: 'closed' }),
    ).toBe(1);
    expect(calls(bus)).toEqual({ failure: 2, rejected: 1, success: 1 });
    expect(bus.count('omninode_circuit_breaker_recovery_seconds', byName)).toBe(1);
    expect(bus.sum('omninode_circuit_breaker_recovery_seconds', byName)).toBeGreaterThan(0.14);
    const openSeconds = bus.value('omninode_circuit_breaker_state_seconds_total', { ...byName, state: 'open' });
    expect(openSeconds).toBeGreaterThan(0.14);
    expect(openSeconds).toBeLessThan(2);
    expect(problems).toEqual([]);
  });

  test('an opening that lasts 200 ms between two passes is seen', async () => {
    const { bus, pass, fire } = rig({ resetTimeout: 200 });
    await pass();
    await fire(fails);
    await fire(fails);
    await sleep(220);
    await fire(async () => 'well');
    await pass();
    expect(status(bus)).toBe('closed');
    expect(bus.value('omninode_circuit_breaker_trips_total', byName)).toBe(1);
    expect(bus.value('omninode_circuit_breaker_state_seconds_total', { ...byName, state: 'open' })).toBeGreaterThan(
      0.19,
    );
  });

  test('a failed try opens again without another trip, and recovery is from the first opening', async () => {
    const { bus, pass, fire } = rig();
    await fire(fails);
    await fire(fails);
    await sleep(180);
    await fire(fails);
    await sleep(180);
    await fire(async () => 'well');
    await pass();
    const changes = bus.eventsOf('circuit_breaker.transition').map(({ from, to, cause }) => `${from}>${to} ${cause}`);
    expect(changes).toEqual([
      'closed>open threshold',
      'open>half_open probe',
      'half_open>open probe',
      'open>half_open probe',
      'half_open>closed probe',
    ]);
    expect(bus.value('omninode_circuit_breaker_trips_total', byName)).toBe(1);
    expect(bus.sum('omninode_circuit_breaker_recovery_seconds', byName)).toBeGreaterThan(0.29);
  });

  test('a call has one outcome: a timeout is no failure too, a full bulkhead neither, a forgiven error is ignored', async () => {
    const { bus, pass, fire } = rig({
      capacity: 1,
      volumeThreshold: 100,
      errorFilter: (error: Error) => error.message === 'not found',
    });
    await Promise.all([fire(() => sleep(3_000, undefined, { ref: false })), fire(async () => 'too many')]);
    await fire(async () => {
      throw new Error('not found');
    });
    await fire(fails);
    await fire(async () => 'well');
    await pass();
    expect(calls(bus)).toEqual({ timeout: 1, bulkhead: 1, ignored: 1, failure: 1, success: 1 });
    const timedOut = bus.sum('omninode_circuit_breaker_call_duration_seconds', { ...byName, outcome: 'timeout' });
    expect(timedOut).toBeGreaterThan(0.015);
    expect(timedOut).toBeLessThan(2);
    expect(bus.count('omninode_circuit_breaker_call_duration_seconds', { ...byName, outcome: 'bulkhead' })).toBe(0);
  });

  test('what is done by hand is told so, after a failure too', async () => {
    const { breaker, bus, pass, fire } = rig({ volumeThreshold: 100 });
    await fire(fails);
    breaker.open();
    breaker.close();
    breaker.disable();
    await pass();
    expect(status(bus)).toBe('disabled');
    breaker.enable();
    await pass();
    breaker.shutdown();
    await pass();
    expect(status(bus)).toBe('shutdown');
    const changes = bus.eventsOf('circuit_breaker.transition').map(({ from, to, cause }) => `${from}>${to} ${cause}`);
    expect(changes).toEqual([
      'closed>open manual',
      'open>closed manual',
      'closed>disabled manual',
      'disabled>closed manual',
      'closed>shutdown manual',
    ]);
  });

  test('the configuration in force is told, and each change of it', async () => {
    const { breaker, bus, pass } = rig();
    await pass();
    const setting = (name: string) => bus.value(`omninode_circuit_breaker_config_${name}`, byName);
    expect(setting('failure_threshold_ratio')).toBe(0.5);
    expect(setting('minimum_calls')).toBe(2);
    expect(setting('capacity')).toBeUndefined();
    expect(setting('timeout_seconds')).toBe(0.02);
    expect(setting('window_seconds')).toBe(10);
    expect(setting('generation')).toBe(1);
    const { options } = breaker as unknown as { options: { timeout: number } };
    options.timeout = 40;
    await pass();
    expect(setting('timeout_seconds')).toBe(0.04);
    expect(setting('generation')).toBe(2);
    expect(bus.eventsOf('circuit_breaker.config_changed')).toEqual([
      {
        component,
        generation: 2,
        changes: { omninode_circuit_breaker_config_timeout_seconds: { before: 0.02, after: 0.04 } },
      },
    ]);
  });

  test('health needs a sample, and then counts what was lost', async () => {
    const { bus, pass, fire } = rig({ volumeThreshold: 1_000 });
    for (let nth = 0; nth < 19; nth++) await fire(nth < 5 ? fails : async () => 'well');
    await pass();
    const health = () => bus.value('omninode_circuit_breaker_health_ratio', { ...byName, criticality: 'critical' });
    expect(health()).toBeUndefined();
    await fire(async () => 'well');
    await pass();
    expect(health()).toBe(0.75);
  });

  test('after its watch is stopped the breaker is left as it was', async () => {
    const { breaker, bus, pass, fire, watch, client } = rig();
    const before = new CircuitBreaker(fails).listenerCount('success');
    watch.stop();
    expect(breaker.listenerCount('success')).toBe(before);
    await fire(async () => 'well');
    await pass();
    expect(calls(bus)).toEqual({});
    client.watchBreaker(component, breaker);
    await fire(async () => 'well');
    await pass();
    expect(calls(bus)).toEqual({ success: 1 });
  });
});

test('a breaker of another kind is told as unknown, never as closed', async () => {
  const { client, bus, pass, problems } = clientRig();
  client.watchBreaker(component, { state: 'closed' });
  await pass();
  expect(
    bus.value('omninode_circuit_breaker_status', { ...byName, criticality: 'unspecified', state: 'unknown' }),
  ).toBe(1);
  expect(bus.value('omninode_circuit_breaker_status', { ...byName, criticality: 'unspecified', state: 'closed' })).toBe(
    0,
  );
  expect(problems).toEqual([expect.objectContaining({ code: 'NOT_WATCHABLE' })]);
});

type Bus = ReturnType<typeof clientRig>['bus'];

function status(bus: Bus): string {
  const one = bus.series('omninode_circuit_breaker_status').filter((series) => valueOf(bus, series) === 1);
  expect(one).toHaveLength(1);
  return /state="(\w+)"/.exec(one[0]!)![1]!;
}

function calls(bus: Bus): Record<string, unknown> {
  const series = bus.series('omninode_circuit_breaker_calls_total');
  return Object.fromEntries(series.map((each) => [/outcome="(\w+)"/.exec(each)![1]!, valueOf(bus, each)]));
}

function valueOf(bus: Bus, series: string): unknown {
  const [, name, labels] = /^(\w+)\{(.*)\}$/.exec(series)!;
  const pairs = [...labels!.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label!, value!] as const);
  return bus.value(name!, Object.fromEntries(pairs));
}
