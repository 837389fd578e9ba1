import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { KafkaConnection } from '@omninode/kafka-link';
import type { KafkaCluster } from '@omninode/local-services';
import type { CreateBusStore } from '@omninode/testing';
import { openKafkaBus } from '../kafka-bus.js';
import { testTiming } from './timing.js';

const project = fileURLToPath(new URL('../..', import.meta.url));
const compiler = fileURLToPath(new URL('../../../../../node_modules/ts7/bin/tsc', import.meta.url));
const child = fileURLToPath(new URL('../../dist/testing/bus-contract-child.js', import.meta.url));

/** Children run what was compiled: it must be the code that is tested. */
export function compileChild(): void {
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-b', project], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The child of the kill tests does not compile:\n${stdout}`);
}

/** Stores for the bus contract on a cluster that is up. Topics stay behind; the cluster ends with the test. */
export function storesOn(cluster: () => KafkaCluster, connection: () => KafkaConnection): CreateBusStore {
  return async ({ topics, producer, partitions }) => ({
    open: async (onError) =>
      openKafkaBus({
        connection: connection(),
        topics,
        partitions,
        timing: testTiming,
        publishDeadlineMs: 20_000,
        closeDeadlineMs: 2_000,
        ...(onError && { onError }),
      }),
    startChild: (args) =>
      spawn(process.execPath, [child, JSON.stringify(connection()), producer, ...args], {
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    // Connections stay open and nothing answers: worse than brokers that are away.
    obstruct: async () => eachNode(cluster(), 'pause'),
    remove: async () => eachNode(cluster(), 'resume'),
  });
}

function eachNode(cluster: KafkaCluster, act: 'pause' | 'resume'): void {
  cluster.nodes.forEach((_, index) => cluster[act](index + 1));
}
