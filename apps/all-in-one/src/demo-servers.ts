import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError } from '@omninode/contracts';
import { startKafka, startRedis } from '@omninode/local-services';
import type { Logger } from '@omninode/service-kit';
import { freePort } from './demo-port.js';

/** A server that is being started. It never rejects: what can't be had is said, and left out. */
export interface ComingServer {
  readonly port: number;
  /** Resolves to the server when it answers; to `undefined` when there will be none. */
  readonly up: Promise<{ stop(): Promise<void> } | undefined>;
}

export interface ServerStart {
  readonly folder: string;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** A small Redis, installed or packaged. */
export function startDemoRedis(start: ServerStart): Promise<ComingServer> {
  return coming('Redis', start, (port) =>
    startRedis({
      folder: join(start.folder, 'redis'),
      port,
      settings: { maxmemory: '16mb', 'maxmemory-policy': 'allkeys-lru' },
      signal: start.signal,
    }),
  );
}

/** A small Kafka of one node, where there is a Java. */
export function startDemoKafka(start: ServerStart): Promise<ComingServer> {
  return coming('Kafka', start, (port) =>
    startKafka({ folder: join(start.folder, 'kafka-4'), ports: [port], heapMegabytes: 160, signal: start.signal }),
  );
}

/** Whether it will be there, as far as can be told soon: what a machine lacks shows at once. */
export async function isComing({ up }: ComingServer): Promise<boolean> {
  return Promise.race([up.then((server) => server !== undefined), sleep(soonMs, true, { ref: false })]);
}

const soonMs = 1_000;

async function coming(
  name: string,
  { logger, signal }: ServerStart,
  begin: (port: number) => Promise<{ stop(): Promise<void> }>,
): Promise<ComingServer> {
  const port = await freePort();
  const startedAt = performance.now();
  const up = begin(port).then(
    (server) => {
      const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(1));
      logger.info(`The demo has a ${name}.`, { port, seconds });
      return server;
    },
    (error: unknown) => {
      if (!signal.aborted) sayWhy(name, error, logger);
      return undefined;
    },
  );
  return { port, up };
}

function sayWhy(name: string, error: unknown, logger: Logger): void {
  if (error instanceof CodedError && error.code === 'SERVER_NOT_AVAILABLE') {
    const { reason, remedy } = error.fields;
    logger.info(`${name} is not available here: the demo goes without.`, { because: reason, remedy });
  } else logger.warn(`${name} could not be started: the demo goes without.`, { error });
}
