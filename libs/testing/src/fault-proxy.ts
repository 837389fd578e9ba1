import { EventEmitter, once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { forward } from './fault-proxy-forward.js';
import type { Direction, Faults } from './fault-proxy-forward.js';

/** A TCP proxy in front of a server that does to connections what networks do. Faults add up until `heal`. */
export interface FaultProxy {
  readonly host: string;
  readonly port: number;
  /** Client connections that are open now. */
  readonly connections: number;
  /** Every byte arrives this much later, in one direction (a round trip takes it once) or, by default, in both. */
  delay(delayMs: number, direction?: Direction): void;
  /**
   * Nothing is passed on any more, and no connection ends: a black hole; in one direction an asymmetric partition. What was
   * sent meanwhile arrives after `heal`, as after a real partition. A new connection is still accepted.
   */
  stall(direction?: Direction): void;
  /** Ends the open connections in an orderly way (FIN), as a server that restarts. */
  cut(): void;
  /** Ends the open connections by RST, as a middlebox that forgot them. */
  reset(): void;
  /** New connections are refused; open ones stay. Resolves when it is so. */
  refuse(): Promise<void>;
  /** Takes every fault away. Connections that ended stay ended. Resolves when new ones are accepted. */
  heal(): Promise<void>;
  /** Resets the open connections and stops listening. */
  close(): Promise<void>;
}

/** Starts a proxy on a free port of 127.0.0.1 for the server at `host` and `port`. */
export async function startFaultProxy(server: { host: string; port: number }): Promise<FaultProxy> {
  const faults: Faults = {
    delayMs: { 'to-server': 0, 'to-client': 0 },
    stalled: new Set(),
    changed: new EventEmitter(),
  };
  faults.changed.setMaxListeners(0); // two per connection
  const open = new Set<Connection>();
  let listener = await listen(0);
  const { port } = listener.address() as AddressInfo;

  return {
    host: '127.0.0.1',
    port,
    get connections() {
      return open.size;
    },
    delay(delayMs, direction) {
      for (const one of directions(direction)) faults.delayMs[one] = delayMs;
      faults.changed.emit('change');
    },
    stall(direction) {
      for (const one of directions(direction)) faults.stalled.add(one);
    },
    cut() {
      for (const connection of open) for (const end of connection) end.destroySoon();
    },
    reset() {
      resetAll(open);
    },
    async refuse() {
      await stopListening(listener);
    },
    async heal() {
      faults.delayMs = { 'to-server': 0, 'to-client': 0 };
      faults.stalled.clear();
      faults.changed.emit('change');
      if (!listener.listening) listener = await listen(port);
    },
    async close() {
      resetAll(open);
      await stopListening(listener);
    },
  };

  async function listen(onPort: number): Promise<Server> {
    const created = createServer({ allowHalfOpen: true, noDelay: true }, accept).listen(onPort, '127.0.0.1');
    await once(created, 'listening');
    return created;
  }

  function accept(client: Socket): void {
    const upstream = connect({ ...server, allowHalfOpen: true, noDelay: true });
    const connection = [client, upstream] as const;
    open.add(connection);
    client.on('close', () => open.delete(connection));
    forward(client, upstream, 'to-server', faults);
    forward(upstream, client, 'to-client', faults);
  }
}

type Connection = readonly [client: Socket, upstream: Socket];

function resetAll(open: ReadonlySet<Connection>): void {
  for (const connection of open) for (const end of connection) end.resetAndDestroy();
}

function directions(direction?: Direction): readonly Direction[] {
  return direction ? [direction] : ['to-server', 'to-client'];
}

async function stopListening(listener: Server): Promise<void> {
  // `close` calls back when the open connections are gone too; new ones are refused at once, which is all that is promised.
  if (listener.listening) listener.close();
  await new Promise((resolve) => setImmediate(resolve));
}
