export { ExponentialHistogram } from './exponential-histogram.js';
export { createPublisher } from './publisher.js';
export type { Publisher } from './publisher.js';
export type { AcknowledgedRecord, PublisherOptions, SpoolSettings } from './options.js';
export type { Remainder } from './outbox.js';
export type { DroppedRecords, PublisherStats } from './stats.js';
export { publisherErrors } from './errors.js';
export { publisherMetrics, publisherReport } from './publisher.metrics.js';
