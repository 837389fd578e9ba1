/** The largest things that a reader of the measurement topic takes; a writer that stays below them is never refused for size. */
export const limits = {
  /** A record's value, bytes: what Kafka takes by default. */
  recordBytes: 1_048_576,
  /** A dictionary slice, bytes. */
  dictionaryBytes: 262_144,
  /** Series that one producer may define in one incarnation. */
  series: 1_000_000,
  /** Labels of one series. */
  labels: 32,
  /** Characters (UTF-16 units) of a metric's or label's name. */
  nameLength: 200,
  labelValueLength: 1_024,
  helpLength: 1_024,
  unitLength: 64,
  /** Bounds of an explicit histogram, and buckets of an exponential one. */
  bounds: 256,
  exponentialBuckets: 1_024,
  /** Characters (code points) of a producer's or an entity's name. */
  identityLength: 256,
  /** How deep arrays and objects may lie in an event's attributes. */
  attributeDepth: 8,
  /** Above this many rejected points the record is refused as a whole, so that bad input can't grow a list. */
  rejectedPoints: 1_000,
  /** 2000-01-01 and 2100-01-01, ms since 1970 UTC: outside of them a time is a mistake, most often seconds for milliseconds. */
  earliestMs: 946_684_800_000,
  latestMs: 4_102_444_800_000,
} as const;
