import { defineFamily } from '@omninode/collector-kit';
import type { Recorder } from '@omninode/collector-kit';
import { counter, defineEvents, defineMetrics, gauge } from '@omninode/contracts';
import { commitsByTopic, endsToSample } from '../groups/commits.js';
import type { GroupCommits } from '../groups/commits.js';
import { groupsMemorySchema } from '../groups/group-memory.js';
import type { GroupMemory } from '../groups/group-memory.js';
import { oneHot } from '../groups/one-hot.js';
import { moveOn } from '../groups/progress.js';
import { lagOf } from '../groups/topic-lag.js';
import { judge } from '../groups/verdict.js';
import type { Verdict } from '../groups/verdict.js';
import { addSample, noSamples } from '../offsets/end-samples.js';
import type { EndSamples } from '../offsets/end-samples.js';
import { allSilent, canSeeTopics, countsOf, grantOf, isRefusal, silenceOf } from '../sweep/missing.js';
import type { GroupPart, KafkaQuery, SweepParts } from '../sweep/sweep-parts.js';
import { own } from '../offsets/own.js';

type Reply = Pick<SweepParts, 'metadata' | 'groups' | 'offsets'>;

const metrics = defineMetrics({
  omninode_kafka_consumer_groups: gauge('groups', 'Groups that are watched. Absent when the login can see nothing.'),
  omninode_kafka_consumer_groups_left_out: gauge(
    'groups',
    'Groups that are selected and not watched, because of the cap on their number.',
  ),
  omninode_kafka_consumer_group_state: gauge(
    'boolean',
    'Whether the group is in this state: 1 for what the coordinator tells, 0 for states that it had before. The type is classic, consumer (KIP-848), share or streams, and unknown before Kafka 3.8.',
    ['group', 'type', 'state'],
  ),
  omninode_kafka_consumer_group_members: gauge(
    'members',
    'Members of the group. Absent when the coordinator does not tell.',
    ['group'],
  ),
  omninode_kafka_consumer_group_lag_messages: gauge(
    'messages',
    'Offsets between what the group committed and the ends of the partitions, those that are no longer there left out. In a compacted topic fewer records are there; marks of transactions count. Absent without a commit, and when not all ends could be read.',
    ['group', 'topic'],
  ),
  omninode_kafka_consumer_group_lag_seconds: gauge(
    'seconds',
    'How long ago the oldest message that the group has not committed arrived, from samples of the ends: as exact as their interval, and of what is older than the first sample the time since then. Absent until two samples are there.',
    ['group', 'topic'],
  ),
  omninode_kafka_consumer_group_expired_messages: gauge(
    'messages',
    'Messages that retention took before the group committed them: they are lost to it. 0 again once it commits beyond.',
    ['group', 'topic'],
  ),
  omninode_kafka_consumer_group_uncommitted_partitions: gauge(
    'partitions',
    'Partitions of a topic that the group reads, with messages, of which it never committed any.',
    ['group', 'topic'],
  ),
  omninode_kafka_consumer_group_throughput_messages_total: counter(
    'messages',
    'Messages that the group got past, as its commits tell it, since it is watched; what it reads again counts again.',
    ['group', 'topic'],
  ),
  omninode_kafka_consumer_group_verdict: gauge(
    'boolean',
    'Whether this is the verdict on the group: 1 for what holds, 0 for those before: ok (commits move), idle (all is read), stalled (members, messages, and for five minutes no commit), stopped (the same without a member), never_committed. None is 1 while it can not be told.',
    ['group', 'verdict'],
  ),
});

const events = defineEvents({
  'kafka.consumer_group_verdict_changed': {
    meaning: 'The verdict on a group is another than in the pass before.',
    attributes: {
      group: 'Its name.',
      from: 'The verdict before.',
      to: 'The verdict now.',
      members: 'How many it has now.',
    },
  },
  'kafka.consumer_group_rewound': {
    meaning: 'A group committed offsets that lie before those that it had committed.',
    attributes: {
      group: 'Its name.',
      topic: 'Where.',
      messages: 'How far it went back.',
      partitions: 'In how many partitions.',
    },
  },
});

type Record = Recorder<typeof metrics, typeof events>;

/** Groups of consumers, with and without members: where they are, how far behind, and whether they get on. */
export const consumerGroups = defineFamily<KafkaQuery, Reply>()({
  name: 'consumer-groups',
  lane: 'medium',
  maxLabelSets: 20_000,
  metrics,
  events,

  query: ['metadata', 'groups', 'offsets'],

  parseMemory: (json) => groupsMemorySchema.safeParse(json).data,

  toMeasurements(reply, record, { atMs, memory }) {
    const { metadata, groups, offsets } = reply;
    const seesNone = groups.groups.length === 0 && !canSeeTopics(metadata);
    record.omninode_kafka_consumer_groups(seesNone ? null : groups.groups.length);
    record.omninode_kafka_consumer_groups_left_out(groups.leftOut);
    const problem = problemOf(reply);
    if (problem) record.report(...problem);

    const topicIds = new Map(metadata.topics.map(({ name, id }) => [name, id]));
    const read = groups.groups.map((part) => ({ part, committed: commitsByTopic(part, metadata.selected) }));
    const samples = addSample(memory?.samples ?? noSamples, atMs, endsToSample(read, topicIds, offsets));
    const surroundings = { atMs, samples, topicIds, offsets };
    const remembered = read.map(
      ({ part, committed }) =>
        [part.group, recordGroup(record, { part, committed }, own(memory?.groups, part.group), surroundings)] as const,
    );
    // A broker that was silent takes its groups out of the pass, not out of the memory.
    const kept = groups.silent.length > 0 ? memory?.groups : {};
    return { samples, groups: { ...kept, ...Object.fromEntries(remembered) } };
  },
});

interface Surroundings {
  readonly atMs: number;
  readonly samples: EndSamples;
  readonly topicIds: ReadonlyMap<string, string | undefined>;
  readonly offsets: SweepParts['offsets'];
}

function recordGroup(
  record: Record,
  { part, committed }: GroupCommits,
  before: GroupMemory | undefined,
  around: Surroundings,
): GroupMemory {
  const { group, type, members } = part;
  const state = oneHot(before?.states ?? [], part.state && snakeCase(part.state));
  for (const [name, value] of state.values)
    record.omninode_kafka_consumer_group_state(value, { group, type, state: name });
  record.omninode_kafka_consumer_group_members(members, { group });
  if (!committed) return { ...(before ?? { verdicts: [], topics: {} }), states: state.seen };

  const { atMs, samples, topicIds, offsets } = around;
  let isCaughtUp: boolean | undefined = true;
  let hasMoved = false;
  const topics = [...committed].map(([topic, ofTopic]) => {
    const of = own(offsets.topics, topic) ?? { starts: [], ends: [], stable: [] };
    const lag = lagOf({ topic, committed: ofTopic, offsets: of, samples, atMs });
    const labels = { group, topic };
    record.omninode_kafka_consumer_group_lag_messages(lag.messages, labels);
    record.omninode_kafka_consumer_group_lag_seconds(lag.seconds, labels);
    record.omninode_kafka_consumer_group_expired_messages(lag.expired, labels);
    record.omninode_kafka_consumer_group_uncommitted_partitions(lag.uncommitted, labels);
    const now = { id: topicIds.get(topic), committed: ofTopic, behind: lag.byPartition, atMs };
    const moved = moveOn(own(before?.topics, topic), now);
    const { progress, rewound } = moved;
    record.omninode_kafka_consumer_group_throughput_messages_total(progress.total, labels, progress.sinceMs);
    if (rewound.partitions > 0) record.event('kafka.consumer_group_rewound', { ...labels, ...rewound });
    hasMoved ||= moved.hasMoved;
    if (lag.messages !== 0) isCaughtUp &&= lag.messages === undefined ? undefined : false;
    return [topic, progress] as const;
  });
  const movedMs = hasMoved ? atMs : before?.movedMs;
  const memory = { ...(movedMs !== undefined && { movedMs }), topics: Object.fromEntries(topics) };
  const verdict = judge({ members, memory, isCaughtUp, atMs });
  return { ...memory, ...recordVerdict(record, part, before, verdict), states: state.seen };
}

function recordVerdict(
  record: Record,
  { group, members }: GroupPart,
  before: GroupMemory | undefined,
  verdict: Verdict | undefined,
) {
  const told = oneHot(before?.verdicts ?? [], verdict);
  for (const [name, value] of told.values)
    record.omninode_kafka_consumer_group_verdict(value, { group, verdict: name });
  const from = before?.verdict;
  if (from !== undefined && verdict !== undefined && from !== verdict)
    record.event('kafka.consumer_group_verdict_changed', { group, from, to: verdict, members });
  const last = verdict ?? from;
  return { verdicts: told.seen, ...(last !== undefined && { verdict: last }) };
}

function problemOf({ metadata, groups, offsets }: Reply): ['degraded' | 'permission', string] | undefined {
  const silence = silenceOf(
    allSilent(groups, offsets),
    'groups that are coordinated there, and offsets of partitions that are led there, are',
  );
  if (silence) return ['degraded', silence];
  const codes = groups.groups.flatMap(({ errorCode }) => (errorCode === undefined ? [] : [errorCode]));
  if (codes.some(isRefusal) || (groups.groups.length === 0 && !canSeeTopics(metadata)))
    return ['permission', `The login may not see all groups. ${grantOf(metadata.user, 'Describe', "--group '*'")}`];
  if (codes.length > 0) {
    const counts = Object.fromEntries(
      Object.entries(Object.groupBy(codes, String)).map(([code, all = []]) => [code, all.length]),
    );
    return [
      'degraded',
      `Some groups could not be read in full (${countsOf(counts)}): mostly their coordinator just moved.`,
    ];
  }
  if (groups.leftOut > 0)
    return [
      'degraded',
      `${groups.leftOut} groups are not watched. Narrow collectors.kafka.groups.include, or raise collectors.kafka.groups.max.`,
    ];
  return undefined;
}

/** `PreparingRebalance` → `preparing_rebalance`. */
function snakeCase(state: string): string {
  return state.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}
