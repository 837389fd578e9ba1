import {
  describeConsumerGroups,
  describeGroups,
  fetchOffsets,
  fetchOffsetsOfGroup,
  listGroups,
} from '@omninode/kafka-link';
import type { CommittedOffsets, ListedGroup } from '@omninode/kafka-link';
import { groupPart } from './group-part.js';
import { allSilent } from './missing.js';
import type { GroupsPart, SilentBroker } from './sweep-parts.js';
import type { SweepTools } from './sweep.js';

/** An answer about this many groups stays well below a megabyte for groups of common size. */
const groupsPerRequest = 100;

/** Every broker lists the groups that it coordinates, so no coordinator has to be looked for. */
export async function readGroups(tools: SweepTools): Promise<GroupsPart> {
  const { brokers } = await tools.part('metadata');
  const listed = await tools.askEach(new Map(brokers.map(({ id }) => [id, undefined])), listGroups);
  const all = [...listed.replies].flatMap(([broker, { groups }]) => groups.map((group) => ({ ...group, broker })));
  const { names, leftOut } = tools.selection.groups(all.map(({ group }) => group));
  const chosen = new Set(names);
  const groups = all.filter(({ group }) => chosen.has(group));
  const described = await describe(tools, groups);
  const committed = await readCommitted(tools, groups.filter(commits));
  return {
    groups: groups.map((group) => groupPart(group, described.of.get(group.group), committed.of.get(group.group))),
    leftOut,
    silent: allSilent(listed, described, committed),
  };
}

type Coordinated = ListedGroup & { readonly broker: number };

/** Share groups keep their positions elsewhere, Connect's workers commit under groups of their own. */
function commits({ type, protocolType }: Coordinated): boolean {
  return type !== 'share' && (protocolType === 'consumer' || protocolType === '');
}

/** Groups without members are known already. */
async function describe(tools: SweepTools, groups: readonly Coordinated[]) {
  const filled = groups.filter(({ state }) => state !== 'Empty' && state !== 'Dead');
  const [classic, consumer] = [
    filled.filter(({ type }) => type === 'classic' || type === undefined),
    filled.filter(({ type }) => type === 'consumer'),
  ];
  const answers = [
    ...(await inBatches(classic, (questions) => tools.askEach(questions, describeGroups))),
    ...(await inBatches(consumer, (questions) => tools.askEach(questions, describeConsumerGroups))),
  ];
  const told = answers.flatMap(({ replies }) => [...replies.values()].flat());
  return { of: new Map(told.map((group) => [group.group, group])), silent: answers.flatMap(({ silent }) => silent) };
}

async function readCommitted(tools: SweepTools, groups: readonly Coordinated[]) {
  try {
    const answers = await inBatches(groups, (questions) => tools.askEach(questions, fetchOffsets));
    const told = answers.flatMap(({ replies }) => [...replies.values()].flat());
    return { of: new Map(told.map((group) => [group.group, group])), silent: answers.flatMap(({ silent }) => silent) };
  } catch (error) {
    if ((error as { code?: string }).code !== 'KAFKA_REQUEST_UNKNOWN') throw error;
    return readCommittedOneByOne(tools, groups);
  }
}

/** Brokers before 3.0 take one group a request. */
async function readCommittedOneByOne(tools: SweepTools, groups: readonly Coordinated[]) {
  const of = new Map<string, CommittedOffsets>();
  const silent: SilentBroker[] = [];
  for (const { group, broker } of groups) {
    const answer = await tools.askEach(new Map([[broker, group]]), fetchOffsetsOfGroup);
    for (const reply of answer.replies.values()) of.set(group, { group, ...reply });
    silent.push(...answer.silent);
  }
  return { of, silent };
}

async function inBatches<Answer>(
  groups: readonly Coordinated[],
  ask: (questions: ReadonlyMap<number, readonly string[]>) => Promise<Answer>,
): Promise<Answer[]> {
  const byBroker = Map.groupBy(groups, ({ broker }) => broker);
  const answers: Answer[] = [];
  for (let from = 0; ; from += groupsPerRequest) {
    const batch = [...byBroker].map(
      ([broker, those]) => [broker, those.slice(from, from + groupsPerRequest).map(({ group }) => group)] as const,
    );
    const questions = new Map(batch.filter(([, names]) => names.length > 0));
    if (questions.size === 0) return answers;
    answers.push(await ask(questions));
  }
}
