import { keyOf, ownMark } from './statement-rows.js';
import type { TextRow } from './statement-rows.js';

/** Texts that were fetched, kept because fetching is dear. */
export interface TextCache {
  /** No fetch before this moment, ms since 1970 UTC. */
  readonly notBeforeMs: number;
  readonly texts: Readonly<Record<string, { readonly user: string; readonly query: string }>>;
  /** Query ids of the collector's own statements. */
  readonly own: readonly string[];
}

export const noTexts: TextCache = { notBeforeMs: 0, texts: {}, own: [] };

const maxTexts = 400;
/** Fetching takes at most this share of the server's time. */
const share = 1 / 1_000;
const shortestPauseMs = 60_000;
const pauseAfterFailureMs = 1_800_000;

/** Which texts are to be fetched now: those of listed statements that are not known, unless the last fetch was too short ago. */
export function missingTexts(
  { notBeforeMs, texts }: TextCache,
  listed: readonly string[],
  atMs: number,
): readonly string[] {
  return atMs < notBeforeMs ? [] : listed.filter((key) => !(key in texts));
}

export interface FetchedTexts {
  readonly rows: readonly TextRow[];
  /** Keys of the statements that are ranked now: their texts are kept, others while there is room. */
  readonly listed: readonly string[];
  readonly atMs: number;
  readonly tookMs: number;
}

export function withTexts(cache: TextCache, { rows, listed, atMs, tookMs }: FetchedTexts): TextCache {
  const others = rows.filter((row) => !isOwn(row));
  const fetched = others.map((row) => [keyOf(row), { user: row.user, query: row.query ?? '' }] as const);
  const isListed = new Set(listed);
  const newestFirst = [...fetched, ...Object.entries(cache.texts)];
  const kept = [
    ...newestFirst.filter(([key]) => isListed.has(key)),
    ...newestFirst.filter(([key]) => !isListed.has(key)),
  ];
  const own = rows.flatMap((row) => [...(isOwn(row) ? [row.queryid] : []), row.own_queryid ?? []].flat());
  return {
    notBeforeMs: atMs + Math.max(shortestPauseMs, tookMs / share),
    texts: Object.fromEntries([...new Map(kept)].slice(0, maxTexts)),
    own: [...new Set(own)],
  };
}

/** What failed, for instance because the file of texts is too big to be read in time, is not tried in every pass. */
export function afterFailedFetch(cache: TextCache, atMs: number): TextCache {
  return { ...cache, notBeforeMs: atMs + pauseAfterFailureMs };
}

function isOwn(row: TextRow): boolean {
  return row.query?.startsWith(ownMark) ?? false;
}
