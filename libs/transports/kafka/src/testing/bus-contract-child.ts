/** A process that the kill -9 tests of the bus contract kill: `<connection as JSON> <producer> <role> …`. */
import { topicNames, type Bus, type BusConsumer, type ConsumerOptions } from '@omninode/contracts';
import type { KafkaConnection } from '@omninode/kafka-link';
import { runBusContractChild } from '@omninode/testing';
import { openKafkaBus } from '../kafka-bus.js';
import { testTiming } from './timing.js';

const [connection = '{}', producer, ...role] = process.argv.slice(2);
const bus = openKafkaBus({
  connection: JSON.parse(connection) as KafkaConnection,
  topics: topicNames(producer),
  partitions: 4,
  timing: testTiming,
});
await runBusContractChild(role[0] === 'consume' ? readyWithFirstBatch(bus, role) : bus, role);

/**
 * A group lets the next member in when the session of the killed one is over, seconds after the topics are prepared. The
 * child counts as ready when its first batch is in hand, so that the kill hits a member at work.
 */
function readyWithFirstBatch(real: Bus, [, topic = '', group = '']: readonly string[]): Bus {
  const handler = Promise.withResolvers<ConsumerOptions['onBatch']>();
  let member: BusConsumer;
  return {
    ...real,
    async prepareTopics() {
      const problems = await real.prepareTopics();
      const first = Promise.withResolvers<void>();
      member = await real.consume({
        topic,
        group,
        async onBatch(batch) {
          first.resolve();
          const onBatch = await handler.promise;
          await onBatch(batch);
        },
      });
      await first.promise;
      return problems;
    },
    async consume({ onBatch }) {
      handler.resolve(onBatch);
      return member;
    },
  };
}
