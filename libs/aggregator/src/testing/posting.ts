import { contentTypes } from '@omninode/contracts';

export interface Posted {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Posts measurements as any client would. */
export async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Posted> {
  const response = await fetch(`${url}/api/v1/measurements`, {
    method: 'POST',
    body,
    headers: { 'content-type': contentTypes.rows, ...headers },
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** A rows record of one gauge. */
export function rows(entity: string, open: unknown, more: object = {}): string {
  const points = [{ name: 'omninode_shop_open_orders', kind: 'gauge', labels: { shop: entity }, value: open }];
  return JSON.stringify({ v: 1, entity, producer: `${entity}/1`, time: Date.now(), points, ...more });
}

/** Dictionary and data of one gauge in columns, as the client and the collectors send them. */
export function columns(entity: string, open: number): [dictionary: string, data: string] {
  const head = { v: 1, p: `${entity}/1`, e: entity, n: 1, t: Date.now() };
  const metric = ['omninode_shop_open_orders', 'gauge', '', 'Orders.', ['shop']];
  return [
    JSON.stringify({ ...head, k: 'dict', q: 1, from: 0, m: [metric], s: [[0, [entity]]] }),
    JSON.stringify({ ...head, k: 'data', q: 2, d: 1, x: [open] }),
  ];
}

export const recordsType = 'application/vnd.omninode.records+json';

/** A request of several records, as the client sends them. */
export function envelope(
  ...parts: readonly (readonly [key: string, contentType: string, value: string | Buffer])[]
): string {
  return JSON.stringify({
    records: parts.map(([key, contentType, value]) => ({
      key,
      contentType,
      value: Buffer.from(value as string).toString('base64'),
    })),
  });
}
