import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { clientRig } from '../testing/client-rig.js';
import type { HeadersLike } from './headers.js';
import { readTraceParent } from './trace-parent.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const traceparent = `00-${traceId}-${spanId}-01`;

describe('traceparent', () => {
  test.each([
    ['of version 00', traceparent, '01'],
    ['not sampled', `00-${traceId}-${spanId}-00`, '00'],
    ['of a later version, with more at its end', `cc-${traceId}-${spanId}-03-what-comes`, '01'],
    ['with white space around it', ` ${traceparent} `, '01'],
  ])('%s is read', (_, text, flags) => expect(readTraceParent(text)).toEqual({ traceId, spanId, flags }));

  test.each([
    ['empty', ''],
    ['of version ff', `ff-${traceId}-${spanId}-01`],
    ['of version 00 with more at its end', `${traceparent}-more`],
    ['in upper case', traceparent.toUpperCase()],
    ['with a trace id of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['with a span id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['that is too short', traceparent.slice(0, -1)],
    ['with other digits', traceparent.replace('4b', '4g')],
  ])('%s is none', (_, text) => expect(readTraceParent(text)).toBeUndefined());
});

describe('ids that come in', () => {
  const withIds = { 'x-request-id': 'r-1', traceparent, tracestate: 'vendor=1' };
  test.each<[string, HeadersLike]>([
    ['headers of Node', withIds],
    ['headers of fetch', new Headers(withIds)],
    [
      'headers of Kafka',
      {
        'x-request-id': Buffer.from('r-1'),
        traceparent: Buffer.from(traceparent),
        tracestate: [Buffer.from('vendor=1')],
      },
    ],
  ])('by %s go on with the request', (_, headers) => {
    const { client } = clientRig();
    client.trace(
      'checkout',
      'pay',
      (request) => {
        expect(request).toMatchObject({ requestId: 'r-1', traceId });
        expect(client.inject({})).toEqual({
          'x-request-id': 'r-1',
          traceparent: `00-${traceId}-${request.spanId}-01`,
          tracestate: 'vendor=1',
        });
        expect(request.spanId).not.toBe(spanId);
      },
      { headers },
    );
  });

  test.each([
    ['a request id with a line end', { 'x-request-id': 'a\r\nset-cookie: b' }],
    ['one that is too long', { 'x-request-id': 'x'.repeat(129) }],
    ['an unreadable traceparent with a state', { traceparent: 'nonsense', tracestate: 'vendor=1' }],
    ['none at all', {}],
  ])('in no usable form give new ones: %s', (_, headers) => {
    const { client } = clientRig();
    client.trace(
      'checkout',
      'pay',
      ({ requestId, traceId: made }) => {
        expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
        expect(made).toMatch(/^[0-9a-f]{32}$/);
        expect(Object.keys(client.inject({}))).toEqual(['x-request-id', 'traceparent']);
      },
      { headers },
    );
  });
});

describe('requests within requests', () => {
  test('have the same request and trace, and spans of their own, over every kind of waiting', async () => {
    const { client } = clientRig();
    await client.trace('web', 'post', async (outer) => {
      await sleep(1);
      await client.trace('db', 'query', async (inner) => {
        await new Promise((resolve) => setImmediate(resolve));
        expect(inner).toMatchObject({ requestId: outer.requestId, traceId: outer.traceId });
        expect(inner.spanId).not.toBe(outer.spanId);
        expect(client.current).toBe(inner);
      });
      expect(client.current).toBe(outer);
    });
    expect(client.current).toBeUndefined();
  });

  test('that run at the same time do not mix', async () => {
    const { client } = clientRig();
    const serve = async (nth: number) =>
      client.trace(
        'web',
        'post',
        async () => {
          await sleep(nth % 3);
          return (client.inject({}) as Record<string, string>)['x-request-id'];
        },
        { headers: { 'x-request-id': `r-${nth}` } },
      );
    const ids = await Promise.all(Array.from({ length: 50 }, (_, nth) => serve(nth)));
    expect(ids).toEqual(Array.from({ length: 50 }, (_, nth) => `r-${nth}`));
  });

  test('of a loop that begins its next round within the last keep nothing alive', async () => {
    const { client } = clientRig();
    const rounds: WeakRef<object>[] = [];
    const round = (left: number): Promise<void> =>
      client.trace('worker', 'round', async (request) => {
        rounds.push(new WeakRef(request));
        await sleep(0);
        if (left > 0) void round(left - 1);
      });
    await round(20);
    await sleep(100);
    const { setFlagsFromString } = await import('node:v8');
    const { runInNewContext } = await import('node:vm');
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
    await sleep(10);
    (runInNewContext('gc') as () => void)();
    expect(rounds).toHaveLength(21);
    expect(rounds.filter((ref) => ref.deref() !== undefined).length).toBeLessThan(5);
  });
});

test('headers of fetch are written by their own method, and a trace can begin unsampled', () => {
  const { client } = clientRig({ sampled: false });
  expect(client.inject(new Headers()).get('traceparent')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
});
