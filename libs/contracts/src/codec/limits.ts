/** The largest things that a reader of the measurement topic takes; a writer that stays below them is never refused for size. */
export const limitDeclarations = {
  recordBytes: [1_048_576, "Bytes of a record's value: what Kafka takes by default."],
  dictionaryBytes: [262_144, 'Bytes of a dictionary slice.'],
  series: [1_000_000, 'Series that one producer may define in one incarnation.'],
  labels: [32, 'Labels of one series.'],
  nameLength: [200, "Characters (UTF-16 units) of a metric's, a label's or an event's name."],
  labelValueLength: [1_024, "Characters of a label's value."],
  helpLength: [1_024, "Characters of a metric's help."],
  unitLength: [64, "Characters of a metric's unit."],
  bounds: [256, 'Bounds of an explicit histogram.'],
  exponentialBuckets: [1_024, 'Buckets of an exponential histogram.'],
  attributeDepth: [8, "How deep arrays and objects may lie in an event's attributes."],
  rejectedPoints: [1_000, 'Points of one record that may be left out; above it the record is refused as a whole.'],
  earliestMs: [946_684_800_000, '2000-01-01: an earlier time is a mistake, most often seconds for milliseconds.'],
  latestMs: [4_102_444_800_000, '2100-01-01: a time is before it.'],
} as const satisfies Readonly<Record<string, readonly [value: number, meaning: string]>>;

type Limits = { readonly [Name in keyof typeof limitDeclarations]: number };

export const limits = Object.fromEntries(
  Object.entries(limitDeclarations).map(([name, [value]]) => [name, value]),
) as Limits;
