export type {
  Admin as KafkaAdmin,
  Consumer as KafkaConsumer,
  EachBatchPayload,
  Kafka,
  KafkaMessage,
  Producer as KafkaProducer,
} from 'kafkajs';
export { compressionTypes } from './client.js';
export { kafkaClient } from './client.js';
export type { Compression, KafkaConnection } from './client.js';
export { kafkaErrors } from './errors.js';
export { asKafkaError, isKafkaFailure } from './failures.js';
export { groupMember, releaseBatch } from './group-member.js';
export { openLogReader } from './log-reader.js';
export type { FetchedPartition, FetchedRecord, LogReader } from './log-reader.js';
