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
export { openClusterLink } from './cluster-link.js';
export type { Answered, ClusterLink } from './cluster-link.js';
export type { BrokerTraffic, RequestLimits } from './broker-link.js';
export { apiVersions } from './requests/api-versions.js';
export { describeConsumerGroups } from './requests/describe-consumer-groups.js';
export { describeGroups } from './requests/describe-groups.js';
export type { DescribedGroup } from './requests/describe-groups.js';
export { describeLogDirs } from './requests/describe-log-dirs.js';
export type { LogDir, LogSize } from './requests/describe-log-dirs.js';
export { describeQuorum } from './requests/describe-quorum.js';
export type { Quorum, Voter } from './requests/describe-quorum.js';
export { describeTopicSettings } from './requests/describe-topic-settings.js';
export type { TopicSettings } from './requests/describe-topic-settings.js';
export { fetchOffsets, fetchOffsetsOfGroup } from './requests/fetch-offsets.js';
export type { CommittedOffset, CommittedOffsets } from './requests/fetch-offsets.js';
export { listGroups } from './requests/list-groups.js';
export type { ListedGroup } from './requests/list-groups.js';
export { listOffsets, logEnd, logStart } from './requests/list-offsets.js';
export type { ListedOffset, ListOffsetsRequest } from './requests/list-offsets.js';
export { metadata } from './requests/metadata.js';
export type { BrokerAddress, ClusterMetadata, PartitionMetadata, TopicMetadata } from './requests/metadata.js';
export { versionFor } from './wire/kafka-api.js';
export type { KafkaApi } from './wire/kafka-api.js';
export { protocolErrorName, protocolErrors } from './wire/protocol-error.js';
