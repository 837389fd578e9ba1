import { z } from 'zod';
import { limits } from '../codec/limits.js';
import {
  amount,
  bounds,
  count,
  eventName,
  identity,
  labels,
  metricName,
  plainObject,
  text,
  time,
  version,
} from './fields.js';

const described = {
  name: metricName.meta({
    description: "The metric's full name by Prometheus' form, its unit in it, such as shop_request_duration_seconds.",
  }),
  unit: text(limits.unitLength).optional().meta({
    description:
      'Base unit, such as seconds or bytes. Absent: none. Of several points with one name the first one counts.',
  }),
  help: text(limits.helpLength)
    .optional()
    .meta({ description: 'One sentence on what it measures. Of several points with one name the first one counts.' }),
  labels,
  start: time
    .optional()
    .meta({ description: 'When the source of a counter or histogram began to count, ms since 1970 UTC.' }),
  time: time.optional().meta({
    description:
      "When it was taken, ms since 1970 UTC, at most 24 days from the record's time. Absent: at the record's time.",
  }),
};

const gauge = z.object({
  ...described,
  kind: z.literal('gauge').meta({ description: 'A value that goes up and down.' }),
  value: z
    .number()
    .meta({ description: 'The value, in its base unit. A missing value is no point: never 0, never NaN.' }),
});

const counter = z.object({
  ...described,
  kind: z
    .literal('counter')
    .meta({ description: 'A total since `start`, as the source gives it. A smaller value than before is a reset.' }),
  value: amount.meta({ description: 'The total, from 0 on.' }),
});

const histogram = z.object({
  ...described,
  kind: z.literal('histogram').meta({ description: 'A distribution in fixed buckets, cumulative over time.' }),
  histogram: z
    .object({
      bounds,
      counts: z.array(amount).meta({
        description: 'How many fell into each bucket, +Inf last; not added up over buckets. One more than bounds.',
      }),
      sum: z.number().meta({ description: 'Sum of all observed values, in the base unit.' }),
    })
    .refine((one) => one.counts.length === one.bounds.length + 1, 'counts has not one entry more than bounds')
    .meta({ description: 'The cumulative state of the histogram.' }),
});

export const rowsPoint = z
  .discriminatedUnion('kind', [gauge, counter, histogram])
  .meta({ description: 'One value of one series.' });

export const rowsEvent = z
  .object({
    name: eventName.meta({ description: 'What happened, lower case words with dots, such as breaker.opened.' }),
    time: time.meta({ description: 'When it happened, ms since 1970 UTC.' }),
    attributes: plainObject('What has an id, a text or an unbounded value.'),
  })
  .meta({ description: 'Something that happened.' });

/** The encoding for every service in every language: `application/json`. */
export const rowsRecord = z
  .object({
    v: version,
    producer: identity.meta({ description: 'Who sends: `<service>/<instance>` or `<kind>/<target id>`.' }),
    entity: identity.meta({
      description: "What the series belong to: a service or a target. It must be the record's key.",
    }),
    incarnation: count.optional().meta({
      description: 'An integer from 0 on that grows with each start of the producer, such as its start in ms.',
    }),
    seq: z.int().positive().optional().meta({
      description:
        '1, 2, 3 … per producer and incarnation, one a record. Absent: losses of this producer can not be noticed.',
    }),
    time: time.meta({ description: 'When the values were taken, ms since 1970 UTC.' }),
    points: z.array(rowsPoint).meta({ description: 'Values. A series may come more than once with different times.' }),
    events: z.array(rowsEvent).optional().meta({ description: 'What happened since the record before.' }),
  })
  .refine(
    ({ seq, incarnation }) => seq === undefined || incarnation !== undefined,
    'seq needs an incarnation beside it',
  )
  .refine(
    ({ points, time: recordTime }) => points.every((point) => isNear(point.time ?? recordTime, recordTime)),
    'a point is too far from the time of the record',
  )
  .refine(({ points }) => areConsistent(points), 'a metric has two kinds or two sets of bounds')
  .refine(({ points, time: recordTime }) => areDistinct(points, recordTime), 'a series has two points with one time')
  .meta({ description: 'Measurements as any service in any language can write them.' });

export type RowsRecord = z.infer<typeof rowsRecord>;
export type RowsPoint = z.infer<typeof rowsPoint>;

/** An offset from the record's time takes 32 bits. */
function isNear(timeMs: number, recordTimeMs: number): boolean {
  return ((timeMs - recordTimeMs) | 0) === timeMs - recordTimeMs;
}

/** In one record a name has one kind and one set of bounds; unit and help are taken from its first point. */
function areConsistent(points: readonly RowsPoint[]): boolean {
  const definitions = new Map<string, string>();
  return points.every((point) => {
    const definition = JSON.stringify([point.kind, point.kind === 'histogram' && point.histogram.bounds]);
    const first = definitions.get(point.name) ?? definition;
    definitions.set(point.name, first);
    return first === definition;
  });
}

function areDistinct(points: readonly RowsPoint[], recordTimeMs: number): boolean {
  const moments = points.map((point) =>
    JSON.stringify([point.name, Object.entries(point.labels).toSorted(), point.time ?? recordTimeMs]),
  );
  return new Set(moments).size === moments.length;
}
