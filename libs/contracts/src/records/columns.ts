import { z } from 'zod';
import { metricKinds } from '../codec/forms.js';
import { limits } from '../codec/limits.js';
import {
  amount,
  bounds,
  count,
  eventName,
  identity,
  labelName,
  labelValue,
  metricName,
  plainObject,
  text,
  time,
  version,
} from './fields.js';

const head = {
  v: version,
  p: identity.meta({
    description: 'Producer: `<kind>/<target id>` for a collector, `<service>/<instance>` for the client.',
  }),
  e: identity.meta({
    description: "Entity: what the series belong to, a target or a service. It is the record's key.",
  }),
  n: count.meta({
    description: 'Incarnation: an integer from 0 on that grows with each new owner or start of the producer.',
  }),
  q: z
    .int()
    .positive()
    .meta({ description: 'Sequence: 1, 2, 3 … per producer and incarnation, one a record of any kind.' }),
  t: time.meta({ description: 'When the values were taken, ms since 1970 UTC.' }),
};

/** Tuples take further elements, which a later version may add. */
const metric = z
  .tuple([
    metricName.meta({ description: 'Name.' }),
    z.enum(metricKinds).meta({ description: 'Kind.' }),
    text(limits.unitLength).meta({ description: 'Base unit; empty for none.' }),
    text(limits.helpLength).meta({ description: 'One sentence on what it measures.' }),
    z
      .array(labelName)
      .max(limits.labels)
      .refine((names) => new Set(names).size === names.length, 'a label is named twice')
      .meta({ description: 'Label names, each once.' }),
    bounds.optional(),
  ])
  .rest(z.unknown())
  .refine(
    ([, kind, , , , ofHistogram = []]) => kind === 'histogram' || ofHistogram.length === 0,
    'only a histogram has bounds',
  );

const series = z
  .tuple([
    count.meta({ description: 'Index of its metric in m.' }),
    z.array(labelValue).meta({ description: "Label values in the order of the metric's label names." }),
  ])
  .rest(z.unknown());

/** `k: "dict"`: series that the producer will refer to by index. */
export const dictionaryRecord = z
  .object({
    ...head,
    k: z.literal('dict').meta({ description: 'A slice of the dictionary.' }),
    from: count.meta({ description: 'Index of the first series of this slice.' }),
    m: z
      .array(metric)
      .meta({ description: 'Metrics of this slice: [name, kind, unit, help, label names, bounds of a histogram].' }),
    s: z
      .array(series)
      .meta({ description: 'Series in the order of their indexes: [index in m, label values]. No series twice.' }),
  })
  .refine(({ from, s }) => from + s.length <= limits.series, `more than ${limits.series} series`)
  .refine(
    ({ m, s }) => s.every(([at, values]) => m[at]?.[4].length === values.length),
    'a series does not fit its metric',
  )
  .refine(
    ({ s }) => new Set(s.map(([at, values]) => JSON.stringify([at, values]))).size === s.length,
    'a series stands twice',
  )
  .meta({
    description: `A slice of a producer's dictionary: before first use, then every 60 s. At most ${limits.dictionaryBytes} bytes.`,
  });

const start = z
  .tuple([
    count.meta({ description: 'Index of the series.' }),
    time.meta({ description: 'Start of its source, ms since 1970 UTC.' }),
  ])
  .rest(z.unknown());

const exponential = z
  .tuple([
    count.meta({ description: 'Index of the series.' }),
    z.int().gte(-10).lte(20).meta({ description: 'Scale: the base is 2^(2^-scale).' }),
    amount.meta({ description: 'How many observations were zero.' }),
    z.number().meta({ description: 'Sum of all observations, in the base unit.' }),
    z.int32().meta({ description: 'Offset: the exponent of the lower limit of the first bucket.' }),
    z.array(amount).max(limits.exponentialBuckets).meta({ description: 'How many fell into each bucket.' }),
  ])
  .rest(z.unknown());

/** `k: "data"`: the values of a pass. */
export const dataRecord = z
  .object({
    ...head,
    k: z.literal('data').meta({ description: 'Values.' }),
    d: count
      .max(limits.series)
      .meta({ description: 'How many series of the dictionary were defined when this was sent.' }),
    i: z
      .array(count)
      .optional()
      .meta({ description: 'Series of the values, each below d. Absent: all d series in order.' }),
    x: z.array(z.number()).meta({
      description:
        'Values of the series, one after the other: one slot for a gauge or counter; the counts of all buckets with +Inf, then the sum, for a histogram; none for an exponential histogram.',
    }),
    dt: z.array(z.int32()).optional().meta({ description: 'For each series, ms to add to t. Absent: all at t.' }),
    r: z.array(start).optional().meta({ description: 'Series whose source (re)started: [index, start].' }),
    h: z
      .array(exponential)
      .optional()
      .meta({ description: 'Exponential histograms, at t: [index, scale, zero count, sum, offset, counts].' }),
  })
  .refine(({ d, i, dt }) => dt === undefined || dt.length === (i?.length ?? d), 'dt has not one entry for each series')
  .refine(
    ({ d, i = [], r = [], h = [] }) => [...i, ...r.map(([at]) => at), ...h.map(([at]) => at)].every((at) => at < d),
    'an index is not below d',
  )
  .meta({ description: 'The values of one pass over a target.' });

const columnsEvent = z.object({
  name: eventName.meta({ description: 'What happened, lower case words with dots.' }),
  t: time.meta({ description: 'When it happened, ms since 1970 UTC.' }),
  attributes: plainObject('What has an id, a text or an unbounded value.'),
});

/** `k: "event"`: what happened. */
export const eventRecord = z
  .object({
    ...head,
    k: z.literal('event').meta({ description: 'Events.' }),
    ev: z.array(columnsEvent).meta({ description: 'What happened since the record before.' }),
  })
  .meta({ description: 'Transitions, slow operations, rankings, changes of status and settings.' });

/** `k: "close"`: the producer ends cleanly. */
export const closeRecord = z
  .object({
    ...head,
    k: z.literal('close').meta({ description: 'The end of an incarnation.' }),
    dropped: count.meta({ description: 'How many records of this incarnation the producer had to drop.' }),
  })
  .meta({ description: 'The last record of a producer that ends cleanly.' });

/** The encoding of our collectors and the client: `application/vnd.omninode.columns+json; v=1`. */
export const columnsRecord = z.discriminatedUnion('k', [dictionaryRecord, dataRecord, eventRecord, closeRecord]);
export type ColumnsRecord = z.infer<typeof columnsRecord>;
