import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';

/**
 * Starts something on the wanted ports; 0 stands for a free one. Between the choice of a free port and the server's bind
 * somebody else may take it: then other ports are tried, three times in all.
 */
export async function onPorts<T>(
  wanted: readonly number[],
  start: (ports: readonly number[]) => Promise<T>,
  tries = 3,
): Promise<T> {
  const ports = await choosePorts(wanted);
  try {
    return await start(ports);
  } catch (error) {
    const taken = await Promise.all(
      ports.map(async (port, index) => wanted[index] === 0 && !(await isPortFree('127.0.0.1', port))),
    );
    if (tries > 1 && taken.includes(true)) return onPorts(wanted, start, tries - 1);
    throw error;
  }
}

/** Whether nobody listens there at this moment. */
export async function isPortFree(host: string, port: number): Promise<boolean> {
  try {
    await close(await listen(host, port));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
}

async function choosePorts(wanted: readonly number[]): Promise<readonly number[]> {
  // All are held at the same time, so that no port is chosen twice.
  const holders = await Promise.all(wanted.map((port) => (port === 0 ? listen('127.0.0.1', 0) : undefined)));
  const ports = wanted.map((port, index) => (holders[index]?.address() as AddressInfo | undefined)?.port ?? port);
  await Promise.all(holders.map((holder) => holder && close(holder)));
  return ports;
}

async function listen(host: string, port: number): Promise<Server> {
  const listener = createServer().listen(port, host);
  await once(listener, 'listening');
  return listener;
}

async function close(listener: Server): Promise<void> {
  const closed = once(listener, 'close');
  listener.close();
  await closed;
}
