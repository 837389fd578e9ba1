import { startKafka } from '../kafka/kafka.js';
import type { KafkaCluster } from '../kafka/kafka.js';
import { missingKafka, missingSecureKafka } from '../kafka/programs.js';
import { missingPgBouncer, startPgBouncer } from '../pgbouncer/pgbouncer.js';
import { startPostgres } from '../postgres/postgres.js';
import type { PostgresServer } from '../postgres/postgres.js';
import { missingPrograms } from '../postgres/programs.js';
import type { PostgresVersion } from '../postgres/programs.js';
import { startReplica } from '../postgres/replica.js';
import type { ManagedServer } from '../process/managed-server.js';
import { alertmanager, prometheus } from '../prometheus/prometheus.js';
import { missingWebServer, startWebServer } from '../prometheus/web-server.js';
import type { WebProgram } from '../prometheus/web-server.js';
import { missingRedis } from '../redis/program.js';
import { startRedis } from '../redis/redis.js';
import type { Address } from './answers.js';
import type { Service, ServiceName, StartedService } from './service.js';

/** Every service that the command knows. Ports are those of the real thing with a 2 in front, where they are free. */
export const services: Readonly<Record<ServiceName, Service>> = {
  postgres: postgresService(18, 25432),
  'postgres-17': postgresService(17, 25417),
  'postgres-16': postgresService(16, 25416),
  'postgres-15': postgresService(15, 25415),
  'postgres-14': postgresService(14, 25414),
  'postgres-debian-15': postgresService('debian-15', 25405),
  replica: {
    summary: 'a streaming replica of postgres, which restarts once for it',
    needs: ['postgres'],
    missing: () => missingPrograms(18),
    async start({ folder, signal, preferPort, takeOverPostgres }) {
      const primary = await takeOverPostgres();
      const replica = await startReplica(primary, { folder, signal, port: await preferPort(25433) });
      return { ...started(replica, 'postgres', replica.url()), postgres: started(primary, 'postgres', primary.url()) };
    },
  },
  pgbouncer: {
    summary: 'PgBouncer in front of postgres, transaction pooling',
    needs: ['postgres'],
    missing: missingPgBouncer,
    async start({ folder, signal, preferPort, addressOf }) {
      const server = { ...(await addressOf('postgres')), options: {} };
      const pool = await startPgBouncer(server, { folder, signal, port: await preferPort(26432) });
      return started(pool, 'pgbouncer', pool.url());
    },
  },
  redis: {
    summary: 'Redis or Valkey, the installed one, else Redis 6.2',
    needs: [],
    missing: missingRedis,
    async start({ folder, signal, mavenRepository, preferPort }) {
      const redis = await startRedis({ folder, signal, mavenRepository, port: await preferPort(26379) });
      return started(redis, 'redis', redis.url);
    },
  },
  kafka: kafkaService('Kafka, one node', [29092]),
  'kafka-3': kafkaService('Kafka, three nodes, replication 3', [29192, 29193, 29194]),
  'kafka-sasl': {
    summary: 'Kafka with TLS, SCRAM-SHA-512 and ACLs, one node; users and certificates in its data folder',
    needs: [],
    missing: missingSecureKafka,
    async start({ folder, signal, mavenRepository, preferPort }) {
      const ports = [await preferPort(29292)];
      const cluster = await startKafka({ security: 'sasl-ssl', folder, signal, mavenRepository, ports });
      return startedCluster(cluster, 'kafka-tls', `SASL_SSL ${cluster.brokers.join(',')}  users ${folder}/security`);
    },
  },
  prometheus: webService(prometheus, 29090),
  alertmanager: webService(alertmanager, 29093),
};

/** PostgreSQL as a service: without passwords, on loopback. */
export function servePostgres(
  version: PostgresVersion,
  folder: string,
  port: number,
  signal: AbortSignal,
): Promise<PostgresServer> {
  return startPostgres({ version, folder, port, signal });
}

function postgresService(version: PostgresVersion, port: number): Service {
  return {
    summary: `PostgreSQL ${version} with pg_stat_statements; roles postgres, omninode (pg_monitor), plain`,
    needs: [],
    missing: () => missingPrograms(version),
    async start({ folder, signal, preferPort }) {
      const server = await servePostgres(version, folder, await preferPort(port), signal);
      return started(server, 'postgres', server.url());
    },
  };
}

function kafkaService(summary: string, wantedPorts: readonly [number] | readonly [number, number, number]): Service {
  return {
    summary,
    needs: [],
    missing: missingKafka,
    async start({ folder, signal, mavenRepository, preferPort }) {
      const ports = await Promise.all(wantedPorts.map(preferPort));
      const cluster = await startKafka({ nodes: wantedPorts.length, folder, signal, mavenRepository, ports });
      return startedCluster(cluster, 'kafka', cluster.brokers.join(','));
    },
  };
}

function webService(program: WebProgram, port: number): Service {
  return {
    summary: `${program.server} with an empty configuration`,
    needs: [],
    missing: () => missingWebServer(program),
    async start({ folder, signal, preferPort }) {
      const server = await startWebServer(program, { folder, signal, port: await preferPort(port) });
      return started(server, 'http', server.url);
    },
  };
}

function started(server: ManagedServer, protocol: Address['protocol'], url: string): StartedService {
  return { servers: [server], addresses: [{ protocol, host: server.host, port: server.port }], url };
}

function startedCluster({ nodes }: KafkaCluster, protocol: Address['protocol'], url: string): StartedService {
  return { servers: nodes, addresses: nodes.map(({ host, port }) => ({ protocol, host, port })), url };
}
