import type { Bus, Topics } from '@omninode/contracts';
import { Aggregator, type AggregatorOptions } from '../aggregator.js';

/** Limits that no test reaches by accident. */
export const sampleLimits = { series: 1_000, seriesPerEntity: 1_000 };
export const quietLog = { info: () => undefined, warn: () => undefined };

export interface RunningAggregator {
  readonly aggregator: Aggregator;
  /** Stops it and gives its partitions back, which writes their state. The bus stays open. */
  stop(): Promise<void>;
}

/** An aggregator that takes the measurement topic of a bus as it does in a service, in a hurry. */
export async function runAggregator(
  bus: Bus,
  topics: Topics,
  options: Partial<AggregatorOptions> = {},
): Promise<RunningAggregator> {
  const aggregator = new Aggregator({
    bus,
    topics,
    instance: 'test',
    companions: [],
    limits: sampleLimits,
    snapshotEveryMs: 50,
    summaryEveryMs: 50,
    expiryMs: 60_000,
    targetStaleMs: 60_000,
    nowMs: Date.now,
    log: quietLog,
    ...options,
  });
  aggregator.start();
  const consumer = await bus.consume({
    topic: topics.measurement,
    group: 'aggregator',
    commit: false,
    onAssigned: (assignment) => aggregator.restore(assignment),
    onBatch: (batch) => aggregator.apply(batch),
    onRevoked: (partition) => aggregator.revoke(partition),
  });
  return {
    aggregator,
    async stop() {
      await aggregator.stop();
      await consumer.close();
    },
  };
}
