import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { clientRig } from '../testing/client-rig.js';

const labels = { component: 'checkout', operation: 'pay' };

describe('what is traced stays as it is', () => {
  test('results: of a function, of an async one, of a thenable that is asked once', async () => {
    const { client } = clientRig();
    let asked = 0;
    // oxlint-disable-next-line unicorn/no-thenable -- query builders are such
    const builder = { then: (resolve: (rows: number[]) => void) => void ((asked += 1), resolve([1, 2])) };
    expect(client.trace('checkout', 'pay', () => 7)).toBe(7);
    expect(await client.trace('checkout', 'pay', async () => 'done')).toBe('done');
    expect(await client.trace('checkout', 'pay', () => builder as unknown as Promise<number[]>)).toEqual([1, 2]);
    expect(asked).toBe(1);
  });

  test('errors: the very object, thrown or rejected', async () => {
    const { client } = clientRig();
    const error = new TypeError('no');
    const thrown = () => {
      throw error;
    };
    expect(() => client.trace('checkout', 'pay', thrown)).toThrow(error);
    await expect(client.trace('checkout', 'pay', async () => thrown())).rejects.toBe(error);
  });

  test('even when everything within the client that can fail does', () => {
    const broken = () => {
      throw new Error('broken');
    };
    let clock = Date.now;
    const { client, problems } = clientRig({ slowAfterMs: 0, now: () => clock() });
    clock = broken;
    expect(client.trace('checkout', 'pay', () => 1, { headers: { get: broken } as never })).toBe(1);
    const error = Object.defineProperty(new Error('x'), 'name', { get: broken });
    const failing = (): never => {
      throw error;
    };
    expect(() => client.trace('checkout', 'pay', failing, { statusOf: broken })).toThrow(error);
    // The headers once, the clock of the slow operation twice, statusOf once.
    expect(problems).toHaveLength(4);
  });
});

describe('how requests end', () => {
  test.each<[string, string | undefined, () => Promise<unknown>]>([
    ['success', undefined, async () => undefined],
    ['failure', 'RangeError', raising(new RangeError('x'))],
    ['failure', 'ECONNREFUSED', raising(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))],
    ['failure', '57014', raising(Object.assign(new Error('x'), { name: 'error', code: '57014' }))],
    ['failure', 'thrown_string', raising('a text with a secret')],
    ['failure', 'Error', raising(new Error('a text with a secret'))],
    ['failure', 'Error', raising(Object.assign(new Error('x'), { name: 'order 17 of Ms. Doe' }))],
    ['failure', 'Object', raising({})],
    ['failure', 'thrown_null', raising(null)],
    ['timeout', 'TimeoutError', () => sleep(5_000, undefined, { signal: AbortSignal.timeout(1) }).catch(throwCause)],
    ['timeout', 'ETIMEDOUT', raising(Object.assign(new Error('x'), { code: 'ETIMEDOUT' }))],
    [
      'timeout',
      'KafkaJSRequestTimeoutError',
      raising(Object.assign(new Error('x'), { name: 'KafkaJSRequestTimeoutError' })),
    ],
    ['timeout', 'PoolTimeoutError', raising(new Error('timeout exceeded when trying to connect'))],
    ['cancelled', undefined, () => sleep(5_000, undefined, { signal: AbortSignal.abort() })],
  ])('%s %s', async (status, errorType, serve) => {
    const { client, bus, pass } = clientRig();
    await client.trace('checkout', 'pay', serve).catch(() => undefined);
    await pass();
    const ended = (which: string) => bus.value('omninode_requests_total', { ...labels, status: which });
    for (const each of ['success', 'failure', 'cancelled', 'timeout'])
      expect(ended(each)).toBe(each === status ? 1 : 0);
    expect(bus.count('omninode_request_duration_seconds', { ...labels, status })).toBe(1);
    expect(bus.series('omninode_errors_total')).toEqual(
      errorType === undefined
        ? []
        : [`omninode_errors_total{component="checkout",error_type="${errorType}",operation="pay"}`],
    );
    expect(bus.value('omninode_timeout_failures_total', labels)).toBe(status === 'timeout' ? 1 : 0);
  });

  test('what is thrown after its signal aborted is the doing of the signal', async () => {
    const { client, bus, pass } = clientRig();
    const controller = new AbortController();
    const failing = client.trace(
      'checkout',
      'pay',
      async () => {
        await sleep(1);
        throw new Error('socket closed');
      },
      { signal: controller.signal },
    );
    controller.abort();
    await expect(failing).rejects.toThrow('socket closed');
    await pass();
    expect(bus.value('omninode_requests_total', { ...labels, status: 'cancelled' })).toBe(1);
  });

  test('whoever knows better says how an error counts', async () => {
    const { client, bus, pass } = clientRig();
    const notFound = () =>
      client.trace(
        'checkout',
        'pay',
        () => {
          throw new Error('404');
        },
        { statusOf: () => 'success' },
      );
    expect(notFound).toThrow('404');
    await pass();
    expect(bus.value('omninode_requests_total', { ...labels, status: 'success' })).toBe(1);
    expect(bus.series('omninode_errors_total')).toEqual([]);
  });

  test('an open request ends once', async () => {
    const { client, bus, pass } = clientRig();
    const request = client.begin('checkout', 'pay');
    await pass();
    expect(bus.value('omninode_requests_in_progress', labels)).toBe(1);
    request.end('cancelled');
    request.end('success');
    request.fail(new Error('late'));
    await pass();
    expect(bus.value('omninode_requests_in_progress', labels)).toBe(0);
    expect(bus.value('omninode_requests_total', { ...labels, status: 'cancelled' })).toBe(1);
    expect(bus.value('omninode_requests_total', { ...labels, status: 'success' })).toBe(0);
  });

  test('retries are counted as the service reports them', async () => {
    const { client, bus, pass } = clientRig();
    await client.trace('checkout', 'pay', async (request) => {
      request.retried();
      request.retried(2);
      request.retried(Number.NaN);
    });
    await pass();
    expect(bus.value('omninode_retry_attempts_total', labels)).toBe(3);
  });
});

test('durations are those of a clock that nobody sets', async () => {
  let stepMs = 0;
  const { client, bus, pass } = clientRig({ now: () => Date.now() + stepMs });
  client.trace('checkout', 'pay', () => 1);
  await pass();
  await client.trace('checkout', 'pay', async () => {
    stepMs = -3_600_000;
    await sleep(20);
  });
  await pass();
  const seconds = bus.sum('omninode_request_duration_seconds', { ...labels, status: 'success' });
  expect(seconds).toBeGreaterThan(0.015);
  expect(seconds).toBeLessThan(2);
  // What was sent after the step is newer to readers all the same.
  await client.trace('checkout', 'pay', async () => undefined);
  await pass();
  const times = bus.records.filter(({ data }) => data).map(({ timeMs }) => timeMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(new Set(times).size).toBe(times.length);
});

describe('slow operations', () => {
  test('are told one by one, with the ids that they carried', async () => {
    const { client, bus, pass } = clientRig({ slowAfterMs: { 'checkout.pay': 10 } });
    let ids = {};
    await client.trace('checkout', 'pay', async ({ requestId, traceId, spanId }) => {
      ids = { request_id: requestId, trace_id: traceId, span_id: spanId };
      await sleep(15);
    });
    await client.trace('checkout', 'browse', () => sleep(15)); // not slow: 1 s
    await client.trace('checkout', 'pay', async () => undefined);
    await pass();
    const [slow, ...others] = bus.eventsOf('omninode.slow_operation');
    expect(others).toEqual([]);
    expect(slow).toMatchObject({ ...labels, ...ids, status: 'success', threshold_seconds: 0.01 });
    expect(slow?.duration_seconds).toBeGreaterThan(0.01);
    expect(bus.value('omninode_request_slow_operations_total', labels)).toBe(1);
  });

  test('are told the slowest first and at most so many of an interval', async () => {
    const { client, bus, pass } = clientRig({ slowAfterMs: 0, slowestPerInterval: 2 });
    for (const ms of [1, 400, 20, 200]) await client.trace('checkout', `wait_${ms}`, () => sleep(ms));
    await pass();
    expect(bus.eventsOf('omninode.slow_operation').map(({ operation }) => operation)).toEqual(['wait_400', 'wait_200']);
    await pass();
    expect(bus.eventsOf('omninode.slow_operation')).toHaveLength(2);
  });

  test('have the error that they ended with', async () => {
    const { client, bus, pass } = clientRig({ slowAfterMs: 0 });
    expect(() =>
      client.trace('checkout', 'pay', () => {
        throw new RangeError('x');
      }),
    ).toThrow();
    await pass();
    expect(bus.eventsOf('omninode.slow_operation')[0]).toMatchObject({ status: 'failure', error_type: 'RangeError' });
  });
});

describe('names that a host makes up', () => {
  test('become `other` beyond the cap, and each use of it is counted', async () => {
    const { client, bus, pass } = clientRig({ maxOperations: 3, maxErrorTypes: 2 });
    for (let nth = 0; nth < 10; nth++) {
      const fail = () =>
        client.trace('checkout', `order_${nth}`, () => {
          throw Object.assign(new Error(), { code: `E${nth}` });
        });
      expect(fail).toThrow();
    }
    await pass();
    expect(bus.value('omninode_requests_total', { component: 'other', operation: 'other', status: 'failure' })).toBe(7);
    expect(bus.series('omninode_requests_total')).toHaveLength(4 * 4);
    expect(bus.value('omninode_mesh_client_other_labels_total', { label: 'operation' })).toBe(7);
    expect(bus.value('omninode_mesh_client_other_labels_total', { label: 'error_type' })).toBe(8);
    expect(bus.value('omninode_errors_total', { component: 'other', operation: 'other', error_type: 'other' })).toBe(7);
  });

  test.each([['x'.repeat(5_000)], ['\ud800'], [''], [undefined as never], [Symbol('s') as never]])(
    'of any form are taken: %o',
    async (operation) => {
      const { client, bus, pass } = clientRig();
      expect(client.trace('checkout', operation, () => 1)).toBe(1);
      await pass();
      expect(bus.series('omninode_requests_total')).toHaveLength(4);
    },
  );
});

function raising(error: unknown): () => Promise<never> {
  return async () => {
    throw error;
  };
}

/** Node's sleep says AbortError, whatever the reason; most code throws the reason. */
function throwCause(error: Error): never {
  throw error.cause;
}
