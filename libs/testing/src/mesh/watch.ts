import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadMetric } from './load.js';
import type { MeshProcess } from './mesh-process.js';

/** What a scraper of all replicas saw. */
export interface Watch {
  /** Falls of a counter, as `series: from → to`. A scraper would take each for a reset and count the whole value again. */
  readonly falls: readonly string[];
  /** Longest time that a series which was there before was shown by nobody, ms. */
  longestAbsenceMs(): number;
  stop(): Promise<void>;
}

const loadSeries = new RegExp(`^${loadMetric}$`);

/** Scrapes the replicas again and again, as a Prometheus with `honor_labels` does, until it is stopped. */
export function watchReplicas(replicas: () => readonly MeshProcess[], counter: RegExp = loadSeries): Watch {
  const newest = new Map<string, { value: number; seenAtMs: number }>();
  const falls: string[] = [];
  let longestMs = 0;
  const ending = new AbortController();
  const watching = (async () => {
    while (!ending.signal.aborted) {
      await Promise.all(replicas().map((replica) => look(replica)));
      await sleep(200);
    }
  })();

  return {
    falls,
    longestAbsenceMs() {
      const nowMs = performance.now();
      const absent = [...newest.values()].map(({ seenAtMs }) => nowMs - seenAtMs);
      return Math.round(Math.max(longestMs, ...absent));
    },
    async stop() {
      ending.abort();
      await watching;
    },
  };

  /** A replica that does not answer shows nothing. */
  async function look(replica: MeshProcess): Promise<void> {
    // What was known before the question was put: an answer that was slow is no fall.
    const before = new Map([...newest].map(([series, { value }]) => [series, value]));
    const values = await counters(replica, counter).catch(() => new Map<string, number>());
    for (const [series, value] of values) {
      const known = before.get(series) ?? 0;
      if (value < known) falls.push(`${series} on ${replica.name}: ${known} → ${value}`);
      const seenAtMs = performance.now();
      const last = newest.get(series);
      if (last) longestMs = Math.max(longestMs, seenAtMs - last.seenAtMs);
      newest.set(series, { value: Math.max(value, last?.value ?? 0), seenAtMs });
    }
  }
}

/** What a replica shows of the metrics with such a name, by series. */
export async function counters(replica: MeshProcess, name: RegExp): Promise<ReadonlyMap<string, number>> {
  const values = new Map<string, number>();
  for (const [, series = '', metric = '', value] of (await ask(replica, '/metrics')).matchAll(sampleLine)) {
    if (name.test(metric)) values.set(series, Number(value));
  }
  return values;
}

const sampleLine = /^(([a-z_]+)(?:\{.*\})?) (\S+)$/gm;

/** The load's counters that this replica shows, by `entity nth`. */
export async function loadValues(replica: MeshProcess): Promise<ReadonlyMap<string, number>> {
  const shown = await counters(replica, loadSeries);
  const labelOf = (series: string, label: string) => new RegExp(`[{,]${label}="([^"]*)"`).exec(series)?.[1];
  return new Map(
    [...shown].map(([series, value]) => [`${labelOf(series, 'target')} ${labelOf(series, 'nth')}`, value]),
  );
}

/** What `/api/v1/ledger` says, as far as tests need it. */
export interface LedgerAnswer {
  readonly closes: boolean;
  readonly complete: boolean;
  readonly lag: number;
  readonly gaps: readonly unknown[];
  readonly totals: Readonly<
    Record<'received' | 'applied' | 'duplicate' | 'fenced' | 'dead_lettered' | 'skipped' | 'missing', number>
  >;
  readonly partitions: readonly { readonly partition: number; readonly owner: string; readonly as_of: string }[];
}

export async function ledgerOf(replica: MeshProcess): Promise<LedgerAnswer> {
  return JSON.parse(await ask(replica, '/api/v1/ledger')) as LedgerAnswer;
}

/** The ledger once nothing is under way any more: it closes, without lag, and does not change. */
export async function quietLedger(replica: MeshProcess, deadlineMs = 90_000): Promise<LedgerAnswer> {
  let before = '';
  let ledger: LedgerAnswer | undefined;
  for (const giveUpAtMs = performance.now() + deadlineMs; performance.now() < giveUpAtMs; await sleep(2_500)) {
    ledger = await ledgerOf(replica);
    const now = JSON.stringify(ledger.totals);
    if (ledger.lag === 0 && ledger.closes && now === before) return ledger;
    before = now;
  }
  throw new Error(`The ledger of ${replica.name} did not come to rest: ${JSON.stringify(ledger)}`);
}

/** On a connection of its own, so that a process that was stopped finds the question and not a connection that grew too old. */
export async function ask(replica: MeshProcess, path: string, deadlineMs = 3_000): Promise<string> {
  const request = get(replica.url + path, { agent: false, signal: AbortSignal.timeout(deadlineMs) });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return text(answer);
}
