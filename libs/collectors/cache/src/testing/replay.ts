import type { AnyFamily } from '@omninode/collector-kit';
import { replayFamily } from '@omninode/collector-kit/testing';
import type { ReplayedPass } from '@omninode/collector-kit/testing';
import type { CacheQuery, CacheReply } from '../cache-reply.js';

export type { ReplayedPass } from '@omninode/collector-kit/testing';

/** Replies of a real source, pass by pass, as `record-replies.mjs` wrote them down. All families read the same. */
export interface Recording {
  readonly recordedFrom: string;
  readonly passes: readonly CacheReply[];
}

const firstPassAtMs = Date.UTC(2026, 0, 1);

/** Puts recorded replies through a family, ten seconds apart. */
export function replay(family: AnyFamily<CacheQuery>, { passes }: Pick<Recording, 'passes'>): ReplayedPass[] {
  const timed = passes.map((reply, at) => ({ reply, atMs: firstPassAtMs + at * 10_000, takenAtMs: firstPassAtMs }));
  return replayFamily(family, timed);
}
