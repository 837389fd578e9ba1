/**
 * Real servers without Docker, for the demo, the local mesh and the tests.
 *
 * process/   a server's life: start, readiness, pause, kill, restart, and its end when its starter is gone
 * postgres/  PostgreSQL 14-18 from the npm registry, Debian's 15, streaming replicas
 * kafka/     Kafka 4.4 of one or three nodes, also with TLS, SCRAM and ACLs; needs Java
 * redis/     Redis or Valkey: the installed one, else Redis 6.2 from Maven Central
 * pgbouncer/ PgBouncer in front of one of our PostgreSQL servers
 * prometheus/ Prometheus and Alertmanager
 * services/  the command `npm run services`, and what can be had on this machine
 * fetching/  pinned files of Maven Central
 */
export { startPostgres } from './postgres/postgres.js';
export type { PostgresOptions, PostgresRole, PostgresServer } from './postgres/postgres.js';
export { startReplica } from './postgres/replica.js';
export type { ReplicaOptions } from './postgres/replica.js';
export type { PostgresVersion } from './postgres/programs.js';
export type { ManagedServer, StartOptions } from './process/managed-server.js';
export { startKafka } from './kafka/kafka.js';
export type { KafkaCluster, KafkaOptions } from './kafka/kafka.js';
export { startPgBouncer } from './pgbouncer/pgbouncer.js';
export type { PgBouncerOptions, PgBouncerServer } from './pgbouncer/pgbouncer.js';
export { startAlertmanager, startPrometheus } from './prometheus/prometheus.js';
export type { WebServer, WebServerOptions } from './prometheus/web-server.js';
export { startRedis } from './redis/redis.js';
export type { RedisProgram } from './redis/program.js';
export type { RedisOptions, RedisServer } from './redis/redis.js';
export type { ServiceName } from './services/service.js';
export { unavailable } from './services/unavailable.js';
