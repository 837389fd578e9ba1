import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { KafkaOptions } from '@omninode/local-services';
import { startFaultProxy, type FaultProxy } from '@omninode/testing';

/** A proxy in front of a broker that is still to be started with `proxied`: who comes through the proxy stays behind it. */
export async function startBrokerProxy(): Promise<{
  readonly proxy: FaultProxy;
  readonly proxied: NonNullable<KafkaOptions['proxied']>;
}> {
  const port = await freePort();
  const proxy = await startFaultProxy({ host: '127.0.0.1', port });
  return { proxy, proxied: { port, advertisedPort: proxy.port } };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
