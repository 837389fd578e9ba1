import { duration } from '@omninode/service-kit';
import { z } from 'zod';

/** What the aggregator can be told: section `aggregator`. */
export const aggregatorConfig = z.object({
  snapshotEvery: duration({ min: '1s', max: '10m' })
    .prefault('10s')
    .describe(
      'How often the state of each partition is written: what a restart after a crash has to read again, at most.',
    ),
  summaryEvery: duration({ min: '500ms', max: '1m' })
    .prefault('2s')
    .describe('How often each partition tells all replicas of its targets and its ledger: how old /health can be.'),
  targetStale: duration({ min: '10s', max: '1h' })
    .prefault('1m')
    .describe('A target without newer data than this is unknown.'),
  seriesExpiry: duration({ min: '30s', max: '1d' })
    .prefault('5m')
    .describe('A series that nobody has sent for this long is hidden; it goes on where it was when it comes back.'),
  seriesPerPartition: z
    .number()
    .int()
    .min(1_000)
    .max(500_000)
    .default(150_000)
    .describe(
      'Series that one partition may hold; the rest is refused and counted. A snapshot of them must fit 8 MiB.',
    ),
  seriesPerEntity: z
    .number()
    .int()
    .min(100)
    .max(500_000)
    .default(50_000)
    .describe('Series that one target or service may have, so that one that explodes leaves room for the others.'),
});

export type AggregatorConfig = z.infer<typeof aggregatorConfig>;
