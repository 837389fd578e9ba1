import { protocolErrorName, protocolErrors } from '@omninode/kafka-link';
import type { MetadataPart, SilentBroker } from './sweep-parts.js';

/** What silent brokers mean for a family that lacks what they hold; `undefined` when none was. */
export function silenceOf(silent: readonly SilentBroker[], what: string): string | undefined {
  if (silent.length === 0) return undefined;
  const brokers = silent.map(({ broker }) => broker).join(', ');
  const codes = [...new Set(silent.map(({ code }) => code))].join(', ');
  const who = silent.length === 1 ? `Broker ${brokers} does` : `Brokers ${brokers} do`;
  return `${who} not answer (${codes}): ${what} missing. Start what is down; see what hangs, or can't be reached from here.`;
}

/** Each broker once. */
export function allSilent(...parts: readonly { readonly silent: readonly SilentBroker[] }[]): readonly SilentBroker[] {
  return [...new Map(parts.flatMap(({ silent }) => silent.map((each) => [each.broker, each] as const))).values()];
}

/** How to let a login see something. Nobody logs in without a user: then it is the anonymous one that needs the right. */
export function grantOf(user: string | undefined, operation: string, resource: string): string {
  return `Run kafka-acls --add --allow-principal User:${user ?? 'ANONYMOUS'} --operation ${operation} ${resource}.`;
}

const refusals: ReadonlySet<number> = new Set<number>([
  protocolErrors.topicAuthorizationFailed,
  protocolErrors.groupAuthorizationFailed,
  protocolErrors.clusterAuthorizationFailed,
]);

export function isRefusal(code: number): boolean {
  return refusals.has(code);
}

/** `3 × NOT_LEADER_FOR_PARTITION` */
export function countsOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([code, count]) => `${count} × ${protocolErrorName(Number(code))}`)
    .join(', ');
}

/** To a login that may describe no topic a cluster looks like an empty one: there is no error. */
export function canSeeTopics({ topics, user }: MetadataPart): boolean {
  return topics.length > 0 || user === undefined;
}
