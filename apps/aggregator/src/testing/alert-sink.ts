import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** One alert in one message of a webhook. */
export interface ToldAlert {
  readonly target: string;
  readonly status: 'firing' | 'resolved';
  readonly startsAt: string;
  /** Of the message: a message that is sent again has the same one. */
  readonly key: string;
}

export interface AlertSink {
  readonly url: string;
  /** What was told, in order; messages that came again are left out. */
  told(): readonly ToldAlert[];
  /** Messages that came again. */
  readonly doubles: number;
  close(): Promise<void>;
}

interface Body {
  readonly alerts: readonly {
    readonly status: ToldAlert['status'];
    readonly labels: Readonly<Record<string, string>>;
    readonly startsAt: string;
  }[];
}

/** A webhook as whoever is on call has it. */
export async function startAlertSink(): Promise<AlertSink> {
  const told: ToldAlert[] = [];
  const keys = new Set<string>();
  let doubles = 0;
  const take = (key: string, body: Body) => {
    if (keys.has(key)) doubles++;
    else {
      for (const { status, labels, startsAt } of body.alerts)
        told.push({ target: labels.target ?? '', status, startsAt, key });
    }
    keys.add(key);
  };
  const server = createServer(async (request, response) => {
    take(String(request.headers['idempotency-key']), JSON.parse(await text(request)) as Body);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    told: () => told,
    get doubles() {
      return doubles;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
