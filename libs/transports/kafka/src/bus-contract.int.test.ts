import { startKafka, unavailable, type KafkaCluster } from '@omninode/local-services';
import { busContract } from '@omninode/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { compileChild, storesOn } from './testing/contract-on-kafka.js';
import { testTiming } from './testing/timing.js';

describe.skipIf(unavailable('kafka'))('a real Kafka', () => {
  let kafka: KafkaCluster;

  beforeAll(async () => {
    compileChild();
    kafka = await startKafka();
  });
  afterAll(() => kafka?.stop());

  busContract(
    'of one broker',
    storesOn(() => ({ brokers: kafka.brokers, clientId: 'bus-contract' })),
    {
      patienceMs: 30_000,
      quietMs: 1_000,
      sessionTimeoutMs: testTiming.sessionTimeoutMs,
      killRounds: 3,
    },
  );
});
