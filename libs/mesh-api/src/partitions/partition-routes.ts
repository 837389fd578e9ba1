import { z } from 'zod';
import { seconds, time } from '../openapi/fields.js';
import type { Route } from '../openapi/route.js';

const count = z.number().int().min(0);
const series = z.object({ live: count, expired: count, refused: count });
const totals = z
  .record(z.string(), z.number())
  .meta({ description: 'Counts of records by what became of them; late_points and rejected_points are points.' });

export const ledgerAnswer = z.object({
  closes: z.boolean().meta({ description: 'Every record that was sent is accounted for.' }),
  complete: z.boolean().meta({ description: 'All partitions have spoken.' }),
  equation: z.string(),
  totals,
  lag: count.meta({ description: 'Records on the bus that are not read yet.' }),
  gaps: z.array(
    z.object({
      partition: count,
      producer: z.string(),
      incarnation: z.number(),
      last_sequence: z.number(),
      received: z.number(),
      dropped: z.number(),
      missing: z.number(),
    }),
  ),
  partitions: z.array(
    z.object({
      partition: count,
      owner: z.string(),
      as_of: time,
      next_offset: count,
      end_offset: count,
      series,
      totals,
    }),
  ),
});
export type LedgerAnswer = z.infer<typeof ledgerAnswer>;

export const partitionAnswer = z.object({
  partition: count,
  owner: z.string().nullable().meta({ description: 'The process that owns it. null: nobody has read it yet.' }),
  is_here: z
    .boolean()
    .nullable()
    .meta({ description: 'Whether that is the process that answers; null: it does not say.' }),
  is_stale: z.boolean().meta({ description: 'Nobody speaks for it: what is known of its series may be old.' }),
  as_of: time.nullable(),
  age_seconds: seconds.nullable(),
  next_offset: count.nullable(),
  end_offset: count.nullable(),
  lag: count.nullable(),
  series: series.nullable(),
  targets: count.nullable(),
});
export type PartitionAnswer = z.infer<typeof partitionAnswer>;

export const partitionRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/api/v1/ledger',
    summary: 'Whether every record that was sent is accounted for, over the whole mesh.',
    role: 'viewer',
    query: z.strictObject({}),
    answers: { 200: { description: 'The ledger.', schema: ledgerAnswer } },
  },
  {
    method: 'get',
    path: '/api/v1/partitions',
    summary: 'The partitions of the measurement topic: who owns each, how far it is, how much it holds.',
    role: 'viewer',
    query: z.strictObject({}),
    answers: { 200: { description: 'All partitions in order.', schema: z.array(partitionAnswer) } },
  },
];
