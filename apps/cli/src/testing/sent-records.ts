import { contentTypes } from '@omninode/contracts';
import type { TopicRecord } from '../tail/shown-record.js';

export const sentMs = Date.UTC(2026, 10, 24, 12);

/** A record of the topic. */
export function sent(
  value: string | object | null,
  contentType: string = contentTypes.rows,
  key = 'shop',
): TopicRecord {
  const text = typeof value === 'string' ? value : value && JSON.stringify(value);
  return {
    partition: 3,
    offset: 41,
    key,
    contentType,
    value: text === null ? null : Buffer.from(text),
    timestampMs: sentMs,
  };
}

export function rows(points: readonly object[], more: object = {}): object {
  return { v: 1, entity: 'shop', producer: 'shop/1', time: sentMs, points, ...more };
}

export const open = (value: unknown, labels: object = {}) => ({
  name: 'omninode_shop_open_orders',
  kind: 'gauge',
  labels,
  value,
});

/** A record in columns of one producer. */
export function columns(body: object, incarnation = 7): TopicRecord {
  return sent({ v: 1, p: 'shop/1', e: 'shop', n: incarnation, q: 1, t: sentMs, ...body }, contentTypes.columns);
}

/** Five series, one of each kind and a counter more. */
export const dictionary = {
  k: 'dict',
  from: 0,
  m: [
    ['omninode_shop_open_orders', 'gauge', '', '', ['city']],
    ['omninode_shop_orders_total', 'counter', 'orders', '', []],
    ['omninode_shop_price_euros', 'histogram', '', '', [], [1, 10]],
    ['omninode_request_duration_seconds', 'exponential', 'seconds', '', []],
  ],
  s: [
    [0, ['Bern']],
    [1, []],
    [2, []],
    [3, []],
    [0, ['Zug']],
  ],
};
