import type { KafkaConfig } from '../kafka.config.js';
import { toPattern } from './pattern.js';

/** Which topics and groups are watched. */
export interface Selection {
  topics(topics: readonly { readonly name: string; readonly isInternal: boolean }[]): Selected;
  groups(groups: readonly string[]): Selected;
  /** Whatever the filter of topics includes, dead letters are seen, unless a topic is excluded. */
  deadLetters(topics: readonly { readonly name: string; readonly isInternal: boolean }[]): Selected;
  /** Changes with the configuration: what is selected now and was not before need not be new. */
  readonly fingerprint: string;
}

export interface Selected {
  /** In alphabetical order, so that the same ones stay in while a cap holds. */
  readonly names: readonly string[];
  readonly leftOut: number;
}

/** Kafka's own are flagged; these are by convention. */
const internalTopic = /^(__|_schemas$|_confluent)/;
/** Consoles take a new group each time; our collectors only use the group's membership, and never commit. */
const internalGroup = /^(__|_confluent|console-consumer-|omninode-mesh\.[a-z]+-collector$)/;

export function selectionOf({
  topics,
  groups,
  deadLetters,
}: Pick<KafkaConfig, 'topics' | 'groups' | 'deadLetters'>): Selection {
  const isTopic = filterOf(topics);
  const isExcludedTopic = anyOf(topics.exclude);
  const isGroup = filterOf(groups);
  const isDeadLetter = anyOf(deadLetters.patterns);
  const pinned = new Set(deadLetters.topics);
  const isHidden = ({ name, isInternal }: { readonly name: string; readonly isInternal: boolean }) =>
    !topics.internal && (isInternal || internalTopic.test(name));
  return {
    topics: (all) => capped(all.filter((topic) => !isHidden(topic) && isTopic(topic.name)).map(nameOf), topics.max),
    groups: (all) =>
      capped(
        all.filter((name) => (groups.internal || !internalGroup.test(name)) && isGroup(name)),
        groups.max,
      ),
    deadLetters: (all) => {
      const those = all.filter((topic) => !isHidden(topic) && isDeadLetter(topic.name) && !isExcludedTopic(topic.name));
      const named = all.filter(({ name }) => pinned.has(name));
      return capped([...new Set([...those, ...named].map(nameOf))], topics.max);
    },
    fingerprint: JSON.stringify([topics, deadLetters]),
  };
}

function filterOf({ include, exclude }: { readonly include: readonly string[]; readonly exclude: readonly string[] }) {
  const [isIncluded, isExcluded] = [anyOf(include), anyOf(exclude)];
  return (name: string) => (include.length === 0 || isIncluded(name)) && !isExcluded(name);
}

function anyOf(patterns: readonly string[]): (name: string) => boolean {
  const expressions = patterns.map(toPattern);
  return (name) => expressions.some((expression) => expression.test(name));
}

function capped(names: readonly string[], max: number): Selected {
  const sorted = names.toSorted();
  return { names: sorted.slice(0, max), leftOut: Math.max(0, sorted.length - max) };
}

const nameOf = ({ name }: { readonly name: string }) => name;
