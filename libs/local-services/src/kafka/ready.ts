import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { errors } from '../errors.js';
import { kafkaAnswers, readCluster } from './answers.js';
import type { Node } from './settings.js';

/** Resolves when a node is a member of its cluster and the cluster has a controller; rejects with what is missing yet. */
export async function nodeIsReady(node: Node, signal: AbortSignal): Promise<void> {
  const { brokerIds, controllerId } = await readCluster('127.0.0.1', node.clientPort, signal);
  if (brokerIds.includes(node.id) && controllerId >= 0) return;
  throw new Error(`it knows brokers ${brokerIds.join(', ') || 'none'} and controller ${controllerId}`);
}

/**
 * The same for a node that wants a login: it says no more than that it is there, so its log has to tell the rest. The log
 * goes on over restarts; what counts stands behind where it ended before this start.
 */
export async function secureNodeIsReady(
  node: Node,
  logFile: string,
  logEndBefore: number,
  signal: AbortSignal,
): Promise<void> {
  await kafkaAnswers('127.0.0.1', node.clientPort, signal, true);
  const log = readFileSync(logFile).subarray(logEndBefore);
  if (!log.includes('Kafka Server started')) throw new Error('"Kafka Server started" is not in its log yet');
}

/** A node that started first may still see itself alone. */
export async function untilAllSeeAll(nodes: readonly Node[], deadlineMs: number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (true) {
    const views = await Promise.all(nodes.map(({ clientPort }) => readCluster('127.0.0.1', clientPort, signal)));
    if (views.every(({ brokerIds, controllerId }) => brokerIds.length === nodes.length && controllerId >= 0)) return;
    const seen = views.map(({ brokerIds }) => brokerIds.join('+')).join(', ');
    if (performance.now() > deadline) throw errors.CLUSTER_INCOMPLETE({ count: nodes.length, deadlineMs, seen });
    await sleep(100, undefined, { signal });
  }
}
