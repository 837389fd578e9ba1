import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentTypes } from '../measurement.js';
import type { Columns, DecodedRecord, DictionarySlice, ExponentialValue, MeasurementEvent } from '../measurement.js';
import { columnsRecord } from '../records/columns.js';
import { rowsRecord } from '../records/rows.js';
import type { RowsPoint, RowsRecord } from '../records/rows.js';
import { decodeRecord } from './decode.js';
import { encodeClose, encodeData, encodeDictionary, encodeEvents } from './encode.js';
import { isIdentity, isLabelName, isMetricName } from './forms.js';
import { limits } from './limits.js';
import { slotsOf } from './slots.js';

const runs = { numRuns: 300 };
// JSON has no -0, so neither have we.
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const amount = number.map(Math.abs);
const time = fc.integer({ min: limits.earliestMs, max: limits.latestMs - 1 });
const identity = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((name) => isIdentity(name));
const metricName = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/).filter((name) => isMetricName(name));
const labelName = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]*$/).filter((name) => isLabelName(name));
const labelValue = fc.string({ unit: 'grapheme', maxLength: 40 });
const bounds = fc.uniqueArray(number, { maxLength: 6 }).map((list) => list.toSorted((a, b) => a - b));
const head = fc.record({
  producer: identity,
  entity: identity,
  incarnation: fc.maxSafeNat(),
  sequence: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  timeMs: time,
});

const metric = fc.record({
  name: metricName,
  kind: fc.constantFrom('gauge', 'counter', 'exponential'),
  unit: fc.constantFrom('', 'seconds', 'bytes'),
  help: fc.string({ unit: 'grapheme', maxLength: 60 }),
  labelNames: fc.uniqueArray(labelName, { maxLength: 4 }),
  bounds: fc.constant([] as number[]),
} as const);
const anyMetric = fc.oneof(
  metric,
  fc.tuple(metric, bounds).map(([one, list]) => ({ ...one, kind: 'histogram' as const, bounds: list })),
);

const dictionary: fc.Arbitrary<DictionarySlice> = fc.array(anyMetric, { minLength: 1, maxLength: 5 }).chain((metrics) =>
  fc.record({
    from: fc.nat(1000),
    metrics: fc.constant(metrics),
    series: fc.uniqueArray(
      fc.nat(metrics.length - 1).chain((at) => {
        const length = metrics[at]?.labelNames.length ?? 0;
        return fc.tuple(fc.constant(at), fc.array(labelValue, { minLength: length, maxLength: length }));
      }),
      { maxLength: 10, selector: (series) => JSON.stringify(series) },
    ),
  }),
);

const exponential: fc.Arbitrary<ExponentialValue> = fc.record({
  scale: fc.integer({ min: -10, max: 20 }),
  zeroCount: amount,
  sum: number,
  offset: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  counts: fc.array(amount, { maxLength: 8 }),
});
const columns: fc.Arbitrary<Columns> = fc.integer({ min: 1, max: 40 }).chain((known) =>
  fc.option(fc.array(fc.nat(known - 1), { maxLength: 40 })).chain((indexes) => {
    const length = indexes?.length ?? known;
    return fc.record({
      known: fc.constant(known),
      indexes: fc.constant(indexes),
      values: fc.array(number, { maxLength: 60 }),
      timeOffsetsMs: fc.option(
        fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { minLength: length, maxLength: length }),
      ),
      starts: fc.array(fc.tuple(fc.nat(known - 1), time), { maxLength: 4 }),
      exponentials: fc.array(fc.tuple(fc.nat(known - 1), exponential), { maxLength: 3 }),
    });
  }),
);

const attributes = fc
  .dictionary(fc.string({ maxLength: 10 }), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 4, noNullPrototype: true })
  .filter((object) => !JSON.stringify(object).includes('__proto__'));
const events: fc.Arbitrary<MeasurementEvent[]> = fc.array(
  fc.record({ name: fc.stringMatching(/^[a-z]{1,9}(\.[a-z]{1,9})?$/), timeMs: time, attributes }),
  { maxLength: 4 },
);

test('whatever is encoded comes back from the decoder', () => {
  fc.assert(
    fc.property(head, dictionary, columns, events, fc.nat(), (one, slice, data, happened, dropped) => {
      const nothing = {
        ...one,
        dictionary: null,
        data: null,
        events: [],
        close: null,
        encoding: 'columns',
        rejected: [],
      };
      const decode = (value: Buffer) => decodeRecord(value, contentTypes.columns, one.entity);
      expect(decode(encodeDictionary(one, slice))).toEqual({ ok: true, record: { ...nothing, dictionary: slice } });
      expect(decode(encodeData(one, data))).toEqual({ ok: true, record: { ...nothing, data } });
      expect(decode(encodeClose(one, dropped))).toEqual({ ok: true, record: { ...nothing, close: { dropped } } });
      // Attributes are JSON: what JSON can't hold (-0) does not come back.
      const written = JSON.parse(JSON.stringify(happened)) as MeasurementEvent[];
      expect(decode(encodeEvents(one, happened))).toEqual({ ok: true, record: { ...nothing, events: written } });
    }),
    runs,
  );
});

const point: fc.Arbitrary<RowsPoint> = fc
  .tuple(
    anyMetric.filter(({ kind }) => kind !== 'exponential'),
    fc.option(time, { nil: undefined }),
    fc.infiniteStream(fc.tuple(labelValue, amount)),
  )
  .map(([{ name, kind, unit, help, labelNames, bounds: limitsOfBuckets }, start, random]) => {
    const next = () => random.next().value as [string, number];
    const labels = Object.fromEntries(labelNames.map((label) => [label, next()[0]]));
    const described = { name, unit, help, labels, ...(start === undefined ? {} : { start }) };
    if (kind !== 'histogram') return { ...described, kind: kind as 'gauge', value: next()[1] };
    const counts = [...limitsOfBuckets, Infinity].map(() => next()[1]);
    return { ...described, kind, histogram: { bounds: [...limitsOfBuckets], counts, sum: next()[1] } };
  });
const rows: fc.Arbitrary<RowsRecord> = fc
  .record({
    producer: identity,
    entity: identity,
    time,
    points: fc.uniqueArray(point, { maxLength: 8, selector: ({ name }) => name }),
  })
  .map((record) => ({ v: 1, ...record }));

test('every value in rows stands in the columns, under its name and labels, in whatever order the labels were written', () => {
  fc.assert(
    fc.property(rows, fc.boolean(), (record, isReversed) => {
      const written = {
        ...record,
        points: record.points.map((one) => ({ ...one, labels: isReversed ? reversed(one.labels) : one.labels })),
      };
      const result = decodeRecord(text(written), contentTypes.rows, record.entity);
      if (!result.ok) throw new Error(JSON.stringify(result));
      expect(result.record.rejected).toEqual([]);
      expect(valuesBySeries(result.record)).toEqual(
        record.points.map((one) => [
          one.name,
          { ...one.labels },
          'value' in one ? [one.value] : [...one.histogram.counts, one.histogram.sum],
        ]),
      );
    }),
    runs,
  );
});

const columnsBody = fc
  .tuple(head, dictionary, columns, events)
  .chain(([one, slice, data, happened]) =>
    fc.constantFrom(
      encodeDictionary(one, slice),
      encodeData(one, data),
      encodeEvents(one, happened),
      encodeClose(one, 1),
    ),
  );
const spoilt = fc.oneof(
  fc.constantFrom(
    null,
    true,
    '',
    'le',
    '__name__',
    -1,
    0,
    0.5,
    1e20,
    2 ** 31,
    2 ** 53,
    [],
    {},
    [[]],
    '\ud800',
    'x'.repeat(1100),
  ),
  number,
  fc.jsonValue({ maxDepth: 2 }),
);

test.each([
  ['rows', rows.map(text), contentTypes.rows, rowsRecord],
  ['columns', columnsBody, contentTypes.columns, columnsRecord],
] as const)(
  'the decoder leaves nothing out of %s exactly when the schema accepts the record',
  (_, value, contentType, schema) => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(
        value,
        fc.infiniteStream(fc.nat()),
        fc.array(spoilt, { maxLength: 2 }),
        (valid, random, replacements) => {
          const body: unknown = JSON.parse(valid.toString());
          for (const replacement of replacements)
            replaceSomewhere(body, replacement, () => random.next().value as number);
          const { e, entity } = body as { e?: string; entity?: string };
          const result = decodeRecord(text(body), contentType, e ?? entity ?? null);
          const isWhole = result.ok && result.record.rejected.length === 0;
          seen[isWhole ? 'accepted' : 'refused'] += 1;
          expect({ isWhole, result }).toEqual({ isWhole: schema.safeParse(body).success, result });
        },
      ),
      { numRuns: 2_000 },
    );
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(200);
  },
);

function replaceSomewhere(body: unknown, replacement: unknown, random: () => number): void {
  let holder = body as Record<string, unknown>;
  for (let depth = 0; depth < 6; depth++) {
    const names = Object.keys(holder);
    if (names.length === 0) return;
    const name = names[random() % names.length] as string;
    const member = holder[name];
    const isLeaf = typeof member !== 'object' || member === null;
    if (isLeaf || random() % 4 === 0) {
      holder[name] = structuredClone(replacement);
      return;
    }
    holder = member as Record<string, unknown>;
  }
}

function valuesBySeries({ dictionary: slice, data }: DecodedRecord): unknown[] {
  let slot = 0;
  return (slice?.series ?? []).map(([at, values]) => {
    const definition = slice?.metrics[at];
    if (!definition) throw new Error(`series of an unknown metric ${at}`);
    const labels = Object.fromEntries(definition.labelNames.map((label, position) => [label, values[position]]));
    return [definition.name, labels, data?.values.slice(slot, (slot += slotsOf(definition.kind, definition.bounds)))];
  });
}

function reversed(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).toReversed());
}

function text(body: unknown): Buffer {
  return Buffer.from(JSON.stringify(body));
}
