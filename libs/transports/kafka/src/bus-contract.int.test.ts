import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startKafka, unavailable, type KafkaCluster, type KafkaOptions } from '@omninode/local-services';
import { busContract } from '@omninode/testing';
import type { KafkaConnection } from '@omninode/kafka-link';
import { afterAll, beforeAll, describe } from 'vitest';
import { compileChild, storesOn } from './testing/contract-on-kafka.js';
import { handsOverInOrder } from './testing/hand-over.js';
import { testTiming } from './testing/timing.js';

/** `KAFKA_CONTRACT=all` adds two clusters, and five minutes. */
const all = process.env['KAFKA_CONTRACT'] === 'all';

describe.skipIf(unavailable('kafka'))('a real Kafka', () => {
  contractOn('of one broker', {});
  if (!all) return;
  contractOn('with TLS and SCRAM', { security: 'sasl-ssl' });
  contractOn('of three brokers, one of which is killed in the middle and comes back', { nodes: 3 }, killOne);
});

/** About a third into the suite. */
async function killOne(kafka: KafkaCluster): Promise<void> {
  await sleep(40_000);
  await kafka.kill(2);
  await sleep(15_000);
  await kafka.restart(2);
}

function contractOn(name: string, options: KafkaOptions, disturb?: (kafka: KafkaCluster) => Promise<void>): void {
  describe('on a cluster', () => {
    let kafka: KafkaCluster;
    let disturbance: Promise<void> | undefined;
    beforeAll(async () => {
      compileChild();
      kafka = await startKafka(options);
      disturbance = disturb?.(kafka);
    });
    afterAll(async () => {
      await disturbance;
      await kafka?.stop();
    });

    const stores = storesOn(
      () => kafka,
      () => connectionTo(kafka),
    );
    busContract(name, stores, {
      patienceMs: 30_000,
      quietMs: 1_000,
      sessionTimeoutMs: testTiming.sessionTimeoutMs,
      killRounds: 3,
      obstructs: true,
    });
    handsOverInOrder(() => connectionTo(kafka));
  });
}

function connectionTo({ brokers, security }: KafkaCluster): KafkaConnection {
  const plain = { brokers, clientId: 'bus-contract' };
  if (!security) return plain;
  const { admin: password } = security.passwords;
  return {
    ...plain,
    tls: { ca: readFileSync(security.caFile, 'utf8') },
    sasl: { mechanism: 'scram-sha-512', username: 'admin', password },
  };
}
