import { gauge, metricProblems } from '@omninode/contracts';
import type { Metric } from '@omninode/contracts';
import { expect, test } from 'vitest';
import { FaultyBus, refusal } from './fault-injection/faulty-bus.js';
import { StreamReader } from './fault-injection/stream-reader.js';
import { createPublisher } from './publisher.js';
import { publisherMetrics, publisherReport } from './publisher.metrics.js';

const timeMs = Date.UTC(2026, 0);

test('the catalogue is well named', () => {
  for (const [name, metric] of Object.entries(publisherMetrics))
    expect(metricProblems(name, metric as Metric)).toEqual([]);
});

test('every metric of the catalogue is written, and nothing else', async () => {
  const bus = new FaultyBus();
  const publisher = createPublisher({ bus, topic: 'measurement', lingerMs: 0, now: () => timeMs + 2_000 });
  const writer = publisher.open({ producer: 'mesh/one', entity: 'one', incarnation: 1, labels: { target: 'one' } });
  bus.answer = () => refusal('TEST_RECORD_TOO_LARGE');
  writer.point(writer.series('omninode_used', gauge('connections', 'In use.'), []), 1);
  writer.publish(timeMs);
  await publisher.flush(1_000);
  bus.answer = () => 'take';

  const stats = { ...publisher.stats(), oldestQueuedAgeMs: 1_500, failures: new Map([['BUS_DOWN', 3]]) };
  publisherReport(timeMs)(writer, stats, timeMs);
  writer.publish(timeMs);
  await publisher.close(1_000);

  const stream = new StreamReader().readAll(bus.log);
  expect(stream.problems).toEqual([]);
  const written = [...stream.values.keys()].map((series) => series.replace(/\{.*/, ''));
  expect(new Set(written)).toEqual(new Set(Object.keys(publisherMetrics)));
  const valueOf = (name: string) => stream.values.get(name)?.[0]?.[1][0];
  expect(valueOf('omninode_mesh_publisher_oldest_queued_age_seconds{target=one}')).toBe(1.5);
  expect(valueOf('omninode_mesh_publisher_failures_total{target=one,code=BUS_DOWN}')).toBe(3);
  expect(valueOf('omninode_mesh_publisher_dropped_records_total{target=one,code=TEST_RECORD_TOO_LARGE}')).toBe(2);
  expect(stream.starts.get('omninode_mesh_publisher_sent_records_total{target=one}')).toBe(timeMs);
  expect(stream.starts.has('omninode_mesh_publisher_queued_records{target=one}')).toBe(false);
});

test('what is dropped for the first time counts since the pass before, so that it is seen to grow from 0', async () => {
  const bus = new FaultyBus();
  const publisher = createPublisher({ bus, topic: 'measurement', lingerMs: 0, now: () => timeMs });
  const writer = publisher.open({ producer: 'mesh/one', entity: 'one', incarnation: 1, labels: { target: 'one' } });
  const report = publisherReport(timeMs);
  const stats = publisher.stats();
  const dropped = new Map([['MEMORY_FULL', 500]]);
  for (const [now, seen] of [
    [timeMs + 3_600_000, stats],
    [timeMs + 3_610_000, { ...stats, dropped }],
    [timeMs + 3_620_000, { ...stats, dropped }],
  ] as const) {
    report(writer, seen, now);
    writer.publish(now);
  }
  await publisher.close(1_000);
  const { starts } = new StreamReader().readAll(bus.log);
  expect(starts.get('omninode_mesh_publisher_sent_records_total{target=one}')).toBe(timeMs);
  expect(starts.get('omninode_mesh_publisher_dropped_records_total{target=one,code=MEMORY_FULL}')).toBe(
    timeMs + 3_600_000,
  );
});
