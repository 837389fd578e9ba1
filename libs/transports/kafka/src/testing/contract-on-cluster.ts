import { readFileSync } from 'node:fs';
import { startKafka, unavailable, type KafkaCluster, type KafkaOptions } from '@omninode/local-services';
import type { KafkaConnection } from '@omninode/kafka-link';
import { busContract } from '@omninode/testing';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { compileChild, storesOn } from './contract-on-kafka.js';
import { handsOverInOrder } from './hand-over.js';
import { testTiming } from './timing.js';

/** One broker is enough while one works on something else: the other clusters take five minutes. */
export function onlyOnDemand(contract: () => void): void {
  const isWanted = process.env['KAFKA_CONTRACT'] === 'all';
  if (isWanted) return void describe.skipIf(unavailable('kafka'))('a real Kafka', contract);
  test('the bus contract on another kind of cluster', ({ skip }) => skip('KAFKA_CONTRACT=all npm test runs it.'));
}

/** The suite that every bus passes, on a cluster of this kind. `disturb` runs beside it. */
export function contractOn(
  name: string,
  options: KafkaOptions,
  disturb?: (kafka: KafkaCluster) => Promise<void>,
): void {
  describe('on a cluster', { timeout: 120_000 }, () => {
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
      // A handler of one and a half sessions, twice, with a coordinator that dies in the middle.
      patienceMs: 60_000,
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
