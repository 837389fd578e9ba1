import { clientErrors } from '../errors.js';
import { BoundedLabels } from '../meter/bounded-labels.js';
import { onceEach } from '../meter/instruments.js';
import type { Level } from '../meter/instruments.js';
import { ErrorTotals } from '../watch/error-totals.js';
import { watchOf } from '../watch/watch.js';
import type { Watch, WatchContext } from '../watch/watch.js';
import { countOther, listen, watchRequests } from './kafka-events.js';
import { kafkaClientMetrics } from './kafka-client.metrics.js';
import type { KafkaConsumer } from './kafkajs-shapes.js';

interface BatchEvent {
  readonly topic: string;
  readonly partition: number;
  /** Behind the end of the partition when the batch was fetched, in messages, as text. */
  readonly offsetLag: string;
  readonly batchSize: number;
  /** ms. */
  readonly duration: number;
}

/** Counts what a consumer of kafkajs handles, by its events alone: nothing of it is replaced. */
export function watchConsumer(context: WatchContext, client: string, watched: KafkaConsumer): Watch {
  if (typeof watched?.on !== 'function' || typeof watched.events !== 'object') {
    throw clientErrors.NOT_WATCHABLE({
      name: client,
      kind: 'a consumer of kafkajs',
      detail: 'it has no on() or no events',
    });
  }
  const { meter } = context;
  const topics = new BoundedLabels(context.maxTopics, () => countOther(context, 'topic'));
  const batchSize = meter.distribution(kafkaClientMetrics, 'omninode_kafka_consumer_batch_size_messages', { client });
  const processing = meter.distribution(kafkaClientMetrics, 'omninode_kafka_consumer_processing_seconds', { client });
  const fetching = meter.distribution(kafkaClientMetrics, 'omninode_kafka_consumer_fetch_seconds', { client });
  const commits = meter.total(kafkaClientMetrics, 'omninode_kafka_consumer_commits_total', { client });
  const rebalances = meter.total(kafkaClientMetrics, 'omninode_kafka_consumer_rebalances_total', { client });
  const messagesOf = onceEach((topic: string) =>
    meter.total(kafkaClientMetrics, 'omninode_kafka_consumer_messages_total', { client, topic }),
  );
  const crashes = new ErrorTotals(
    (error_type) => meter.total(kafkaClientMetrics, 'omninode_kafka_consumer_crashes_total', { client, error_type }),
    () => countOther(context, 'error_type'),
  );
  const lags = new LagLevels((topic) =>
    meter.level(kafkaClientMetrics, 'omninode_kafka_consumer_observed_lag_messages', { client, topic }),
  );

  return watchOf([
    ...watchRequests(context, client, watched),
    listen<BatchEvent>(context, watched, 'END_BATCH_PROCESS', (batch) => {
      const topic = topics.valueOf(batch.topic);
      messagesOf(topic).add(batch.batchSize);
      batchSize.record(batch.batchSize);
      processing.record(batch.duration / 1_000);
      lags.set(topic, batch);
    }),
    listen<{ duration: number }>(context, watched, 'FETCH', ({ duration }) => void fetching.record(duration / 1_000)),
    listen<unknown>(context, watched, 'COMMIT_OFFSETS', () => commits.add()),
    listen<unknown>(context, watched, 'GROUP_JOIN', () => lags.forget()),
    listen<unknown>(context, watched, 'REBALANCING', () => rebalances.add()),
    listen<{ error: unknown }>(context, watched, 'CRASH', ({ error }) => crashes.add(error)),
    () => lags.forget(),
  ]);
}

/** The lag of each topic: that of its partitions, added up. */
class LagLevels {
  private readonly byTopic = new Map<string, { readonly level: Level; readonly partitions: Map<string, number> }>();

  constructor(private readonly levelOf: (topic: string) => Level) {}

  set(topic: string, { topic: name, partition, offsetLag }: BatchEvent): void {
    let known = this.byTopic.get(topic);
    if (!known) this.byTopic.set(topic, (known = { level: this.levelOf(topic), partitions: new Map() }));
    known.partitions.set(`${name}/${partition}`, Number(offsetLag));
    known.level.set([...known.partitions.values()].reduce((sum, lag) => sum + lag, 0));
  }

  /** The partitions may be another's now. */
  forget(): void {
    for (const { level } of this.byTopic.values()) level.set(undefined);
    this.byTopic.clear();
  }
}
