import type { KafkaSecurity } from './security.js';

export interface Node {
  readonly id: number;
  readonly clientPort: number;
  readonly controllerPort: number;
}

export type Settings = Readonly<Record<string, string | number>>;

/** The server.properties of one node: broker and controller in one process, small, quick, on loopback. */
export function nodeSettings(
  node: Node,
  nodes: readonly Node[],
  logFolder: string,
  security?: KafkaSecurity,
): Settings {
  const listener = security ? 'SASL_SSL' : 'PLAINTEXT';
  const copies = nodes.length;
  const quorum = Math.ceil((copies + 1) / 2);
  return {
    'process.roles': 'broker,controller',
    'node.id': node.id,
    'controller.quorum.voters': nodes.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(','),
    listeners: `${listener}://127.0.0.1:${node.clientPort},CONTROLLER://127.0.0.1:${node.controllerPort}`,
    'advertised.listeners': `${listener}://127.0.0.1:${node.clientPort}`,
    'listener.security.protocol.map': `${listener}:${listener},CONTROLLER:PLAINTEXT`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': listener,
    'log.dirs': logFolder,
    'auto.create.topics.enable': 'false',
    'default.replication.factor': copies,
    'min.insync.replicas': quorum,
    'offsets.topic.replication.factor': copies,
    'offsets.topic.num.partitions': 3,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': quorum,
    'transaction.state.log.num.partitions': 3,
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': quorum,
    'share.coordinator.state.topic.num.partitions': 3,
    'group.initial.rebalance.delay.ms': 0,
    'log.segment.bytes': 16 * 1024 * 1024,
    'log.cleaner.dedupe.buffer.size': 10 * 1024 * 1024,
    'num.network.threads': 2,
    'num.io.threads': 2,
    // A node that was killed may come back when its old session is over; by default that takes 9 s.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    ...(copies > 1 ? quickFailover : {}),
    ...security?.settings,
  };
}

export interface ProxiedListener {
  readonly port: number;
  readonly advertisedPort: number;
}

/** A second door for plain clients, which leads them to where a proxy stands. */
export function withProxiedListener(node: Node, { port, advertisedPort }: ProxiedListener): Settings {
  const { clientPort, controllerPort } = node;
  return {
    listeners: `PLAINTEXT://127.0.0.1:${clientPort},PROXIED://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${clientPort},PROXIED://127.0.0.1:${advertisedPort}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT',
  };
}

/** A properties file; backslashes are escapes there. */
export function propertiesText(settings: Settings): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${String(value).replaceAll('\\', '\\\\')}\n`);
  return lines.join('');
}

/** With these a dead node is replaced within some 4 s instead of 11: values for tests, too nervous for a real cluster. */
const quickFailover: Settings = {
  'controller.quorum.fetch.timeout.ms': 1_000,
  'controller.quorum.election.timeout.ms': 500,
  'controller.quorum.election.backoff.max.ms': 500,
  'controller.quorum.request.timeout.ms': 1_000,
  'replica.lag.time.max.ms': 5_000,
};

/** Everything that a person needs when a start fails, and the line that says that it did not. */
export const loggingSettings: Settings = {
  status: 'error',
  'appender.console.type': 'Console',
  'appender.console.name': 'console',
  'appender.console.layout.type': 'PatternLayout',
  'appender.console.layout.pattern': '[%d] %p %m (%c{1})%n',
  'rootLogger.level': 'warn',
  'rootLogger.appenderRef.console.ref': 'console',
  'logger.started.name': 'kafka.server.KafkaRaftServer',
  'logger.started.level': 'info',
};
