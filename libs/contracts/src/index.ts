export { partitionOf } from './partition.js';
export { topicDeclaration, topicDeclarations, topicNames } from './topics.js';
export type { TopicDeclaration, TopicName, Topics } from './topics.js';
export { CodedError, defineErrors, errorCode } from './errors.js';
export type { ErrorDeclaration, ErrorFields, ErrorPhase, ErrorTable } from './errors.js';
export { counter, defineEvents, defineMetrics, exponential, gauge, histogram, metricProblems } from './catalogue.js';
export type {
  EventDeclaration,
  Events,
  LabelArguments,
  LabelsOf,
  Metric,
  MetricKind,
  MetricName,
  Metrics,
  Unit,
  WellNamed,
} from './catalogue.js';
export type {
  Bus,
  BusConsumer,
  BusFollower,
  BusPublisher,
  BusRecord,
  ConsumerOptions,
  FollowOptions,
  NewRecord,
  PartitionAssignment,
  Position,
  RecordBatch,
  StartAt,
  TopicProblem,
} from './bus.js';
export { contentTypes } from './measurement.js';
export type {
  Columns,
  DecodedRecord,
  DecodeResult,
  DictionarySlice,
  ExponentialValue,
  MeasurementEvent,
  MeasurementPublisher,
  MeasurementWriter,
  MetricDefinition,
  ProducerIdentity,
  RejectedPoint,
} from './measurement.js';
export { familyStatuses, statusEvent } from './status.js';
export type { FamilyStatus, StatusAttributes } from './status.js';
export { decodeRecord } from './codec/decode.js';
export { encodeClose, encodeData, encodeDictionary, encodeEvents } from './codec/encode.js';
export type { RecordHead } from './codec/encode.js';
export { deadLetterHeaders, deadLetterRecord } from './codec/dead-letter.js';
export { slotsOf } from './codec/slots.js';
export { decodeCodes } from './codec/codes.js';
export type { DecodeCode } from './codec/codes.js';
export { limits } from './codec/limits.js';
export { alertRecord } from './records/alert.js';
export type { AlertRecord } from './records/alert.js';
export { closeRecord, columnsRecord, dataRecord, dictionaryRecord, eventRecord } from './records/columns.js';
export type { ColumnsRecord } from './records/columns.js';
export { commandRecord, signedText } from './records/command.js';
export type { CommandRecord } from './records/command.js';
export { isClaim, memoryHeaders, memoryKey, memoryRecord } from './records/memory.js';
export type { MemoryHeaders, MemoryRecord } from './records/memory.js';
export { outcomeRecord, refusals } from './records/outcome.js';
export type { OutcomeRecord } from './records/outcome.js';
export { readRecord } from './records/read-record.js';
export type { ReadResult } from './records/read-record.js';
export { readRollup } from './records/read-rollup.js';
export { rollupKey, rollupRecord, rollupSubject } from './records/rollup.js';
export type {
  CounterRollup,
  GaugeRollup,
  OperationRollup,
  RollupExemplar,
  RollupRecord,
  StatementRollup,
} from './records/rollup.js';
export { rowsRecord } from './records/rows.js';
export type { RowsPoint, RowsRecord } from './records/rows.js';
export { targetRecord } from './records/target.js';
export type { TargetRecord } from './records/target.js';
export { recordKinds } from './records/record-kinds.js';
export type { RecordKind } from './records/record-kinds.js';
export {
  breakerCauses,
  breakerCriticalities,
  breakerEvents,
  breakerHealth,
  breakerKinds,
  breakerMetrics,
  breakerMinimumAttempts,
  breakerOutcomes,
  breakerStates,
} from './vocabulary/breaker.js';
export type {
  BreakerCause,
  BreakerCriticality,
  BreakerKind,
  BreakerOutcome,
  BreakerState,
  BreakerWindow,
} from './vocabulary/breaker.js';
export { applicationCacheMetrics } from './vocabulary/cache.js';
export { poolMetrics } from './vocabulary/pool.js';
export { producerMetrics } from './vocabulary/producer.js';
export { requestEvents, requestMetrics, requestStatuses } from './vocabulary/requests.js';
export type { RequestStatus } from './vocabulary/requests.js';
export { contractArtifacts } from './artifacts.js';
export type { Artifact } from './artifacts.js';
