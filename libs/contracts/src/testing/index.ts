export { malformedRecords } from '../codec/malformed-records.js';
export type { MalformedRecord } from '../codec/malformed-records.js';
