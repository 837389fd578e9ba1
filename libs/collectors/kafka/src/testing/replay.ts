import type { AnyFamily } from '@omninode/collector-kit';
import { replayFamily } from '@omninode/collector-kit/testing';
import type { ReplayedPass as Replayed } from '@omninode/collector-kit/testing';
import type { KafkaQuery } from '../sweep/sweep-parts.js';

/** Replies of real brokers to one family, pass by pass, as `record-replies.mjs` wrote them down. */
export interface Recording {
  readonly recordedFrom: string;
  readonly family: string;
  readonly passes: readonly RecordedPass[];
}

export interface RecordedPass {
  /** When the reply came, ms since 1970 UTC: brokers tell points in time. */
  readonly atMs: number;
  readonly reply: unknown;
}

export interface ReplayedPass extends Omit<Replayed, 'starts'> {
  /** Starts of totals, ms before the pass. */
  readonly startedBeforeMs: Readonly<Record<string, number>>;
}

/** Puts recorded replies through a family at the times at which they came. */
export function replay(family: AnyFamily<KafkaQuery>, { passes }: Pick<Recording, 'passes'>): ReplayedPass[] {
  return replayFamily(family, passes).map(({ starts, ...pass }, nth) => ({
    ...pass,
    startedBeforeMs: Object.fromEntries(
      Object.entries(starts).map(([series, startMs]) => [series, passes[nth]!.atMs - startMs]),
    ),
  }));
}
