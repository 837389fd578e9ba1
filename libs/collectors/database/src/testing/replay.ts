import type { AnyFamily, Pass } from '@omninode/collector-kit';
import { quickPass, replayFamily } from '@omninode/collector-kit/testing';
import type { ReplayedPass } from '@omninode/collector-kit/testing';
import type { DatabaseQuery } from '../server/database-query.js';

export type { ReplayedPass } from '@omninode/collector-kit/testing';

/** Replies of a real server to one family, pass by pass, as `record-replies.mjs` wrote them down. */
export interface Recording {
  readonly recordedFrom: string;
  readonly family: string;
  readonly passes: readonly RecordedPass[];
}

export interface RecordedPass {
  readonly reply: unknown;
  readonly followUp?: unknown;
}

const firstPassAtMs = Date.UTC(2026, 0, 1);

/** Puts recorded replies through a family, a minute apart. */
export function replay(family: AnyFamily<DatabaseQuery>, { passes }: Pick<Recording, 'passes'>): ReplayedPass[] {
  const timed = passes.map((pass, at) => ({ ...circumstancesOf(at), ...pass }));
  return replayFamily(family, timed);
}

/** The n-th pass of a recording, for those who make one. */
export function passAt(nth: number): Pass {
  return quickPass(circumstancesOf(nth));
}

function circumstancesOf(nth: number) {
  return { atMs: firstPassAtMs + nth * 60_000, takenAtMs: firstPassAtMs, followUpMs: 5 };
}
