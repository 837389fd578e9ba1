// The consumer that one would write first: `<brokers> <topic> <points>`. Says `done` when it has set so many values.
import { kafkaClient } from '@omninode/kafka-link';
import { Gauge, Registry } from 'prom-client';
import { labelNames, metricNames } from './corpus.mjs';

const [brokers = '', topic = '', points = '0'] = process.argv.slice(2);
const registers = [new Registry()];
const gauges = new Map(
  metricNames.map((name) => [name, new Gauge({ name, help: 'X.', labelNames: ['target', ...labelNames], registers })]),
);
let left = Number(points);
const consumer = kafkaClient({ brokers: brokers.split(','), clientId: 'naive' }).consumer({ groupId: 'naive' });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
if (left === 0) consumer.on(consumer.events.GROUP_JOIN, () => console.log('done'));
await consumer.run({
  eachMessage: async ({ message }) => {
    for (const { name, labels, value } of JSON.parse(message.value.toString())) {
      gauges.get(name).set(labels, value);
      left--;
    }
    if (left <= 0) console.log('done');
  },
});
