import { readFileSync } from 'node:fs';
import { startKafka, unavailable, type KafkaCluster, type KafkaOptions } from '@omninode/local-services';
import { busContract } from '@omninode/testing';
import type { KafkaConnection } from '@omninode/kafka-link';
import { afterAll, beforeAll, describe } from 'vitest';
import { compileChild, storesOn } from './testing/contract-on-kafka.js';
import { handsOverInOrder } from './testing/hand-over.js';
import { testTiming } from './testing/timing.js';

/** `KAFKA_CONTRACT=all` adds two clusters, and four minutes. */
const all = process.env['KAFKA_CONTRACT'] === 'all';

describe.skipIf(unavailable('kafka'))('a real Kafka', () => {
  contractOn('of one broker', {});
  if (!all) return;
  contractOn('with TLS and SCRAM', { security: 'sasl-ssl' });
  contractOn('of three brokers', { nodes: 3 });
});

function contractOn(name: string, options: KafkaOptions): void {
  describe('on a cluster', () => {
    let kafka: KafkaCluster;
    beforeAll(async () => {
      compileChild();
      kafka = await startKafka(options);
    });
    afterAll(() => kafka?.stop());

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
