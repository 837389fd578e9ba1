import { rankOf } from './alert.js';
import type { KnownAlert } from './known-alerts.js';
import type { News } from './notification.js';
import type { Told } from './told.js';

export interface GroupTimes {
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
}

/** An alert that belongs into a message about its group. */
export interface GroupMember {
  readonly alert: KnownAlert;
  readonly told: Told | undefined;
  readonly news: News | undefined;
  /** Since when the news waits, ms since 1970 UTC. */
  readonly sinceMs: number;
}

export interface Group {
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly members: readonly GroupMember[];
  /** When it was told of last, ms since 1970 UTC. */
  readonly toldAtMs: number | undefined;
}

/** The key and the labels of the group that an alert belongs to. `...` in `groupBy`: each alert is its own group. */
export function groupOf(labels: Readonly<Record<string, string>>, groupBy: readonly string[]) {
  const names = groupBy.includes('...')
    ? Object.keys(labels).filter((name) => name !== 'severity')
    : [...groupBy].sort();
  const entries = names.flatMap((name) => (labels[name] ? [[name, labels[name]] as const] : []));
  const key = `{}:{${entries.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
  return { key, labels: Object.fromEntries(entries) };
}

/** When the group is to be told of next, ms since 1970 UTC, and whether only to remind; undefined: never as things are. */
export function dueOf(
  group: Group,
  times: GroupTimes,
): { readonly atMs: number; readonly kind: 'alerts' | 'reminder' } | undefined {
  const news = group.members.filter((member) => member.news !== undefined);
  if (news.length > 0) {
    const sinceMs = Math.min(...news.map((member) => member.sinceMs));
    const waitedMs = sinceMs + times.groupWaitMs;
    if (group.toldAtMs === undefined || isWorse(group)) return { atMs: waitedMs, kind: 'alerts' };
    return { atMs: Math.max(sinceMs, group.toldAtMs + times.groupIntervalMs), kind: 'alerts' };
  }
  if (group.toldAtMs === undefined || times.repeatIntervalMs === 0) return undefined;
  return group.members.length > 0 ? { atMs: group.toldAtMs + times.repeatIntervalMs, kind: 'reminder' } : undefined;
}

/** What is worse than all that the group knows to fire does not wait for `groupInterval`; nor does anything where nothing is known to. */
function isWorse({ members }: Group): boolean {
  let known = -1;
  let news = -1;
  for (const { alert, told, news: what } of members) {
    if (told?.state === 'firing') known = Math.max(known, rankOf(told.severity));
    if (what === 'fired' || what === 'escalated') news = Math.max(news, rankOf(alert.record.severity));
  }
  return news > known;
}
