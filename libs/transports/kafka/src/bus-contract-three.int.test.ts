import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaCluster } from '@omninode/local-services';
import { contractOn, onlyOnDemand } from './testing/contract-on-cluster.js';

onlyOnDemand(() =>
  contractOn('of three brokers, one of which is killed in the middle and comes back', { nodes: 3 }, killOne),
);

/** About a third into the suite. */
async function killOne(kafka: KafkaCluster): Promise<void> {
  await sleep(40_000);
  await kafka.kill(2);
  await sleep(15_000);
  await kafka.restart(2);
}
