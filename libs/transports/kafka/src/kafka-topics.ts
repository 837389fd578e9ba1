import { setTimeout as sleep } from 'node:timers/promises';
import {
  topicDeclarations,
  type TopicDeclaration,
  type TopicName,
  type TopicProblem,
  type Topics,
} from '@omninode/contracts';
import type { KafkaAdmin, LogReader } from '@omninode/kafka-link';

/** Longer than an election takes. */
const servedDeadlineMs = 15_000;

/** Creates the mesh's topics where they are missing, checks the settings of those that exist. */
export async function prepareTopics(
  { admin, reader }: { readonly admin: KafkaAdmin; readonly reader: LogReader },
  topics: Topics,
  partitions: number,
): Promise<readonly TopicProblem[]> {
  const present = new Set(await admin.listTopics());
  const declared = Object.entries(topicDeclarations).map(([name, declaration]) => ({
    topic: topics[name as TopicName],
    declaration,
  }));
  const missing = declared.filter(({ topic }) => !present.has(topic));
  if (missing.length > 0) {
    const count = (await countOfSiblings(admin, topics, present)) ?? partitions;
    await admin.createTopics({
      waitForLeaders: false,
      timeout: 15_000,
      topics: missing.map(({ topic, declaration }) => ({
        topic,
        numPartitions: count,
        // The broker's default.
        replicationFactor: -1,
        configEntries: Object.entries(settingsOf(declaration)).map(([name, value]) => ({ name, value })),
      })),
    });
    const made = missing.map(({ topic }) => topic);
    await untilServed(reader, made);
  }
  const existing = declared.filter(({ topic }) => present.has(topic));
  return existing.length === 0 ? [] : checkSettings(admin, existing, topics);
}

/** A topic that was deleted comes back with as many partitions as those that belong to it partition by partition. */
async function countOfSiblings(
  admin: KafkaAdmin,
  topics: Topics,
  present: ReadonlySet<string>,
): Promise<number | undefined> {
  const siblings = [topics.measurement, topics.state, topics.summary].filter((topic) => present.has(topic));
  if (siblings.length === 0) return undefined;
  const { topics: described } = await admin.fetchTopicMetadata({ topics: siblings });
  return described[0]?.partitions.length;
}

/**
 * The controller answers before the brokers serve the new topics: a producer and group members that meet such a partition
 * start over with all the others. kafkajs' own wait for leaders rejects when it asks a broker that doesn't know the topics.
 */
async function untilServed(reader: LogReader, topics: readonly string[]): Promise<void> {
  for (const topic of topics) {
    for (const giveUpAtMs = performance.now() + servedDeadlineMs; ;) {
      try {
        await reader.bounds(topic, await reader.partitions(topic));
        break;
      } catch (failure) {
        if ((failure as { retriable?: boolean }).retriable !== true || performance.now() > giveUpAtMs) throw failure;
        await sleep(50);
      }
    }
  }
}

async function checkSettings(
  admin: KafkaAdmin,
  declared: readonly { topic: string; declaration: TopicDeclaration }[],
  topics: Topics,
): Promise<TopicProblem[]> {
  // 2 is the resource type "topic".
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: declared.map(({ topic }) => ({ type: 2, name: topic })),
  });
  const problems = resources.flatMap(({ resourceName: topic, configEntries }) => {
    const wanted = settingsOf(declared.find((candidate) => candidate.topic === topic)!.declaration);
    const actual = new Map(configEntries.map(({ configName, configValue }) => [configName, configValue]));
    return Object.entries(wanted).flatMap(([name, value]) => differenceOf(topic, name, value, actual.get(name)));
  });
  return [...problems, ...(await checkPartitions(admin, topics))];
}

/** A snapshot lies in the partition whose state it is, so the topics of state and summary have the measurement topic's count. */
async function checkPartitions(admin: KafkaAdmin, topics: Topics): Promise<TopicProblem[]> {
  const wanted = [topics.measurement, topics.state, topics.summary];
  const { topics: described } = await admin.fetchTopicMetadata({ topics: wanted });
  const counts = new Map(described.map(({ name, partitions }) => [name, partitions.length]));
  const expected = counts.get(topics.measurement);
  return wanted.flatMap((topic) =>
    counts.get(topic) === expected
      ? []
      : [
          {
            topic,
            fatal: true,
            problem: `It has ${counts.get(topic)} partitions, ${topics.measurement} has ${expected}: both must have the same number. Delete ${topic}; it is made anew from the stream.`,
          },
        ],
  );
}

function settingsOf(declaration: TopicDeclaration): Record<string, string> {
  return {
    'cleanup.policy': declaration.cleanup,
    ...(declaration.retentionMs === undefined ? {} : { 'retention.ms': String(declaration.retentionMs) }),
    ...(declaration.minCompactionLagMs === undefined
      ? {}
      : { 'min.compaction.lag.ms': String(declaration.minCompactionLagMs) }),
    ...(declaration.maxRecordBytes === undefined ? {} : { 'max.message.bytes': String(declaration.maxRecordBytes) }),
  };
}

function differenceOf(topic: string, name: string, wanted: string, actual: string | undefined): TopicProblem[] {
  if (actual === wanted || isMore(name, wanted, actual)) return [];
  // Without compaction a snapshot is lost to retention; with compaction measurements of one entity would be thinned out.
  const fatal = name === 'cleanup.policy' && sorted(actual) !== sorted(wanted);
  if (name === 'cleanup.policy' && !fatal) return [];
  const problem = `${name} is ${actual ?? 'not known'}, the mesh needs ${wanted}. Set it: kafka-configs --alter --entity-type topics --entity-name ${topic} --add-config ${name}=[${wanted}]`;
  return [{ topic, problem, fatal }];
}

/** Longer retention (or without end, -1) and larger records than needed are fine. */
function isMore(name: string, wanted: string, actual: string | undefined): boolean {
  if (name === 'cleanup.policy' || actual === undefined) return false;
  return Number(actual) >= Number(wanted) || (name === 'retention.ms' && actual === '-1');
}

function sorted(policy: string | undefined): string {
  return (policy ?? '').split(',').sort().join(',');
}
