import { existsSync } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errors } from '../errors.js';
import type { FetchOptions } from '../fetching/maven-artifacts.js';
import { inFolder } from '../process/folder.js';
import { onPorts } from '../process/free-port.js';
import { startManaged } from '../process/managed-server.js';
import type { ManagedServer, StartOptions } from '../process/managed-server.js';
import { runStep } from '../process/unprivileged.js';
import { nodeIsReady, secureNodeIsReady, untilAllSeeAll } from './ready.js';
import { findKafka } from './programs.js';
import type { KafkaPrograms } from './programs.js';
import { ensureSecurity } from './security.js';
import type { KafkaSecurity } from './security.js';
import { loggingSettings, nodeSettings, propertiesText, withProxiedListener } from './settings.js';
import type { Node, ProxiedListener, Settings } from './settings.js';

export interface KafkaOptions extends StartOptions, FetchOptions {
  /** Default 1. Three: replication 3, two in sync, and a quick failover. */
  readonly nodes?: 1 | 3;
  /** `sasl-ssl`: TLS and SCRAM-SHA-512 with ACLs. Default `none`. */
  readonly security?: 'none' | 'sasl-ssl';
  /** Absent: a temporary one that stop() removes. */
  readonly folder?: string;
  /** For clients, one per node. Default: free ones. */
  readonly ports?: readonly number[];
  /**
   * For one node: it listens on `port` too, and tells the clients that come there that it is at `advertisedPort`, where a
   * proxy stands.
   */
  readonly proxied?: ProxiedListener;
  /** Further settings as in server.properties, for every node; they win. */
  readonly settings?: Settings;
  /** Java heap of a node. Default 256. */
  readonly heapMegabytes?: number;
}

export interface KafkaCluster {
  /** `host:port` of each node, for clients. */
  readonly brokers: readonly string[];
  /** Node n is at index n - 1. */
  readonly nodes: readonly ManagedServer[];
  /** Absent without security. */
  readonly security?: Pick<KafkaSecurity, 'caFile' | 'passwords'>;
  kill(nodeId: number): Promise<void>;
  pause(nodeId: number): void;
  resume(nodeId: number): void;
  /** Resolves when the node is a member again. */
  restart(nodeId: number): Promise<void>;
  /** Stops every node. */
  stop(): Promise<void>;
}

/** Starts a real Kafka on 127.0.0.1, without topics made by themselves. Resolves when every node sees all of them. */
export async function startKafka(options: KafkaOptions = {}): Promise<KafkaCluster> {
  const { nodes: count = 1, security: wantedSecurity = 'none', ports = [], deadlineMs = 120_000 } = options;
  const programs = await findKafka(options);
  return inFolder(options.folder, 'kafka', async ({ folder, temporaryFolder }) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, 'log4j2.properties'), propertiesText(loggingSettings));
    const security = wantedSecurity === 'sasl-ssl' ? await ensureSecurity(join(folder, 'security')) : undefined;
    const wanted = Array.from({ length: count }, (_, index) => [ports[index] ?? 0, 0]).flat();
    return onPorts(wanted, async (chosen) => {
      const nodes = Array.from({ length: count }, (_, index) => ({
        id: index + 1,
        clientPort: chosen[2 * index] as number,
        controllerPort: chosen[2 * index + 1] as number,
      }));
      const place = { programs, folder, temporaryFolder, security, nodes, options: { ...options, deadlineMs } };
      return clusterOf(await startNodes(place), security);
    });
  });
}

function clusterOf(nodes: readonly ManagedServer[], security?: KafkaSecurity): KafkaCluster {
  const nodeOf = (nodeId: number) => {
    const node = nodes[nodeId - 1];
    if (!node) throw errors.NO_SUCH_NODE({ nodeId, count: nodes.length });
    return node;
  };
  return {
    brokers: nodes.map(({ host, port }) => `${host}:${port}`),
    nodes,
    security,
    kill: (nodeId) => nodeOf(nodeId).kill(),
    pause: (nodeId) => nodeOf(nodeId).pause(),
    resume: (nodeId) => nodeOf(nodeId).resume(),
    restart: (nodeId) => nodeOf(nodeId).restart(),
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

interface ClusterPlace {
  readonly programs: KafkaPrograms;
  readonly folder: string;
  readonly temporaryFolder?: string;
  readonly security?: KafkaSecurity;
  readonly nodes: readonly Node[];
  readonly options: KafkaOptions & { readonly deadlineMs: number };
}

/** All or none: nodes need each other to be ready, so they start at the same time, and one failure cancels the others. */
async function startNodes(place: ClusterPlace): Promise<readonly ManagedServer[]> {
  const cancel = new AbortController();
  const signal = AbortSignal.any([cancel.signal, ...(place.options.signal ? [place.options.signal] : [])]);
  const starting = place.nodes.map((node) => startNode(place, node, signal));
  try {
    const servers = await Promise.all(starting);
    if (!place.security) await untilAllSeeAll(place.nodes, place.options.deadlineMs, signal);
    return servers;
  } catch (error) {
    cancel.abort();
    const outcomes = await Promise.allSettled(starting);
    await Promise.all(outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value.stop()));
    throw error;
  }
}

async function startNode(place: ClusterPlace, node: Node, signal: AbortSignal): Promise<ManagedServer> {
  const { programs, folder, temporaryFolder, security, options } = place;
  const propertiesFile = join(folder, `node-${node.id}.properties`);
  const dataFolder = join(folder, `node-${node.id}`);
  const settings = {
    ...nodeSettings(node, place.nodes, dataFolder, security),
    ...(options.proxied && withProxiedListener(node, options.proxied)),
    ...options.settings,
  };
  await writeFile(propertiesFile, propertiesText(settings), { mode: 0o600 });
  await format(place, node, propertiesFile, dataFolder);
  const logging = `-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`;
  // The serial collector and the quick compiler alone halve what a boot costs; a broker of ours is never busy for long.
  const memory = [`-Xmx${options.heapMegabytes ?? 256}m`, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  const logFile = join(folder, `node-${node.id}.log`);
  let logEndBefore = 0;
  return startManaged(
    {
      server: `Kafka ${programs.version}, node ${node.id}`,
      host: '127.0.0.1',
      port: node.clientPort,
      command: programs.java,
      args: [...memory, logging, '-cp', programs.classPath, 'kafka.Kafka', propertiesFile],
      workFolder: folder,
      logFile,
      stopSignal: 'SIGTERM',
      temporaryFolder,
      beforeStart: async () => {
        logEndBefore = existsSync(logFile) ? (await stat(logFile)).size : 0;
      },
      probe: (asking) =>
        security ? secureNodeIsReady(node, logFile, logEndBefore, asking) : nodeIsReady(node, asking),
    },
    { ...options, signal },
  );
}

/** Gives a new data folder its identity; one that has it is left as it is. */
async function format(
  { programs, folder, security }: ClusterPlace,
  node: Node,
  propertiesFile: string,
  dataFolder: string,
): Promise<void> {
  if (existsSync(join(dataFolder, 'meta.properties'))) return;
  await rm(dataFolder, { recursive: true, force: true }); // a format that was interrupted
  const tool = ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-cp', programs.classPath, 'kafka.tools.StorageTool'];
  const args = [...tool, 'format', '-t', clusterId, '-c', propertiesFile, ...(security?.formatArguments ?? [])];
  await runStep({ prefix: [] }, { step: `formatting node ${node.id}`, folder, command: programs.java, args });
}

/** Any one will do: nodes of different clusters never meet. */
const clusterId = 'MkU3OEVBNTcwNTJENDM2Qg';
