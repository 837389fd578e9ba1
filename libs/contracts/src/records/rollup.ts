import { z } from 'zod';
import { limits } from '../codec/limits.js';
import { requestStatuses } from '../vocabulary/requests.js';
import { amount, count, identity, labels, labelValue, metricName, text, time, version } from './fields.js';

const hourMs = 3_600_000;

const hour = time
  .refine((ms) => ms % hourMs === 0, 'is not the beginning of an hour')
  .meta({ description: 'Begin of the hour in UTC, ms since 1970 UTC.' });

const head = {
  v: version,
  entity: identity.meta({ description: 'The service or target.' }),
  hour,
  closed: z.boolean().meta({
    description: 'True: the hour is over and its grace too. False: it goes on, and this is rewritten.',
  }),
};

/** As in a data record, without the index of the series. */
const distribution = z
  .tuple([
    z.int().gte(-10).lte(20).meta({ description: 'Scale: the base is 2^(2^-scale).' }),
    amount.meta({ description: 'How many were zero.' }),
    z.number().meta({ description: 'Sum of all, in the base unit.' }),
    z.int32().meta({ description: 'Exponent of the lower limit of the first bucket.' }),
    z.array(amount).max(limits.exponentialBuckets).meta({ description: 'How many fell into each bucket.' }),
  ])
  .rest(z.unknown());

const exemplar = z.object({
  at: time.meta({ description: 'When it ended, ms since 1970 UTC.' }),
  seconds: amount.max(1e9).meta({ description: 'How long it took.' }),
  status: text(64).meta({ description: 'How it ended.' }),
  errorType: text(256).optional().meta({ description: 'Name or code of its error. Absent when there was none.' }),
  requestId: text(256).optional().meta({ description: 'Its request id.' }),
  traceId: text(64).optional().meta({ description: 'Its W3C trace id.' }),
  spanId: text(64).optional().meta({ description: 'Its part of the trace.' }),
});

const byStatus = <S extends z.ZodType>(value: S) => z.partialRecord(z.enum(requestStatuses), value);

const operationRollup = z.object({
  ...head,
  k: z.literal('operation').meta({ description: 'Requests of one operation, all instances of the service together.' }),
  service: labelValue.meta({ description: 'The service; the entity where it gives no name.' }),
  component: labelValue.meta({ description: 'Part of the service; `other` beyond the cap on operations.' }),
  operation: labelValue.meta({ description: 'What was asked of it; `other` beyond the cap on operations.' }),
  requests: byStatus(amount).meta({ description: 'Requests that ended in the hour, by how they ended.' }),
  durations: byStatus(distribution).meta({
    description: 'How long they took, in seconds, by how they ended: [scale, zero count, sum, offset, counts].',
  }),
  errors: z.record(labelValue, amount).meta({ description: 'Errors by type; `other` beyond 32 types.' }),
  timeouts: amount.meta({ description: 'Requests that took longer than they may.' }),
  slow: amount.meta({ description: 'Requests above the threshold of the operation.' }),
  retries: amount.meta({ description: 'Further attempts within requests.' }),
  exemplars: z.array(exemplar).max(8).meta({ description: 'The slowest requests of the hour that were told.' }),
  folded: count.optional().meta({ description: 'Series of operations beyond the cap that were added up in this one.' }),
  partial: z
    .literal(true)
    .optional()
    .meta({ description: 'Some was counted from first sight on only: its source began earlier.' }),
});

const measured = {
  name: metricName.meta({ description: 'Name of the metric.' }),
  unit: text(limits.unitLength).meta({ description: 'Its base unit; empty when it has none.' }),
  labels: labels.meta({ description: 'Labels of the series, without the instance of a service.' }),
};

const counterRollup = z.object({
  ...head,
  ...measured,
  k: z.literal('counter').meta({ description: 'What a counter grew by, restarts of its source accounted for.' }),
  increase: amount.meta({ description: 'By how much it grew in the hour, all instances together.' }),
  partial: z.literal(true).optional().meta({ description: 'Some was counted from first sight on only.' }),
});

const gaugeRollup = z.object({
  ...head,
  ...measured,
  k: z.literal('gauge').meta({ description: 'The values of a gauge.' }),
  count: count.meta({ description: 'How many values there were.' }),
  sum: z.number().meta({ description: 'Their sum.' }),
  min: z.number().meta({ description: 'The least.' }),
  max: z.number().meta({ description: 'The greatest.' }),
  last: z.number().meta({ description: 'The one that was taken last.' }),
  values: distribution.meta({
    description: 'All of them: [scale, zero count, sum, offset, counts]; those below 0 count as 0.',
  }),
});

const statementRollup = z.object({
  ...head,
  k: z.literal('statement').meta({ description: 'A statement while it was among those that cost most.' }),
  database: text(256).meta({ description: 'Name of the database.' }),
  queryId: text(64).meta({ description: 'Its query id, decimal digits.' }),
  userId: text(64).meta({ description: 'Oid of the role that ran it.' }),
  query: text(4_096).optional().meta({ description: 'Its text with $1 for constants. Absent until it was fetched.' }),
  calls: amount.meta({ description: 'How often it ended, in the intervals in which it was ranked.' }),
  seconds: amount.meta({ description: 'How long it ran in them, all calls together.' }),
  slowestMeanSeconds: amount
    .optional()
    .meta({ description: 'Its mean time in the slowest interval. Absent without a call that ended.' }),
});

/** What became of a series in one hour: value of `evt.rollup.v1`. The newest record of a key counts. */
export const rollupRecord = z
  .discriminatedUnion('k', [operationRollup, counterRollup, gaugeRollup, statementRollup])
  .meta({ description: 'An hour of an operation, a counter, a gauge or a statement.' });

export type RollupRecord = z.infer<typeof rollupRecord>;
export type OperationRollup = z.infer<typeof operationRollup>;
export type CounterRollup = z.infer<typeof counterRollup>;
export type GaugeRollup = z.infer<typeof gaugeRollup>;
export type StatementRollup = z.infer<typeof statementRollup>;
export type RollupExemplar = z.infer<typeof exemplar>;

/** What a rollup is of, whatever the hour: equal for all hours of one thing. */
export function rollupSubject(record: RollupRecord): string {
  switch (record.k) {
    case 'operation':
      return JSON.stringify([record.entity, 'operation', record.service, record.component, record.operation]);
    case 'statement':
      return JSON.stringify([record.entity, 'statement', record.database, record.userId, record.queryId]);
    case 'counter':
    case 'gauge': {
      const sorted = Object.entries(record.labels).sort(([a], [b]) => (a < b ? -1 : 1));
      return JSON.stringify([record.entity, record.k, record.name, ...sorted.flat()]);
    }
  }
}

/** The record's key: what it is of, and the hour. */
export function rollupKey(record: RollupRecord): string {
  return `${rollupSubject(record)} ${new Date(record.hour).toISOString()}`;
}
