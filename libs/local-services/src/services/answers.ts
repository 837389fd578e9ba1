import { kafkaAnswers } from '../kafka/answers.js';
import { postgresAnswers } from '../postgres/answers.js';
import { webServerAnswers } from '../prometheus/web-server.js';
import { redisAnswers } from '../redis/redis.js';

/** Where a server of a service answers, and in which protocol. */
export interface Address {
  readonly protocol: 'postgres' | 'pgbouncer' | 'redis' | 'kafka' | 'kafka-tls' | 'http';
  readonly host: string;
  readonly port: number;
}

/** Asks a server in its own protocol; rejects with the reason when it does not answer as it should within 3 s. */
export function answers({ protocol, host, port }: Address): Promise<void> {
  const signal = AbortSignal.timeout(3_000);
  switch (protocol) {
    case 'postgres':
      return postgresAnswers(host, port, signal);
    case 'pgbouncer':
      return postgresAnswers(host, port, signal, { user: 'monitor', database: 'pgbouncer' });
    case 'redis':
      return redisAnswers(host, port, signal);
    case 'kafka':
      return kafkaAnswers(host, port, signal);
    case 'kafka-tls':
      return kafkaAnswers(host, port, signal, true);
    case 'http':
      return webServerAnswers(`http://${host}:${port}`, signal);
  }
}
