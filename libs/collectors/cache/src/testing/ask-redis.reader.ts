import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';

/** A connection of a test's own, for what the test itself does to a server. */
export async function openTestConnection(url: string, options: RedisOptions = {}) {
  const redis = new Redis(url, {
    ...options,
    lazyConnect: true,
    enableReadyCheck: false,
    disableClientInfo: true,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined); // servers are killed under it
  await redis.connect();
  return {
    run: (command: string, ...args: readonly (string | number)[]) => redis.call(command, ...args),
    close: () => redis.disconnect(),
  };
}

/** Runs one command on a connection of its own. */
export async function askRedis(url: string, command: string, ...args: readonly (string | number)[]): Promise<unknown> {
  const connection = await openTestConnection(url);
  try {
    return await connection.run(command, ...args);
  } finally {
    connection.close();
  }
}
