/** What is wrong with a record of a request. */
export interface RefusedRecord {
  /** Which record of the request, from 0 on. */
  readonly index: number;
  /** A code of `decodeCodes`. */
  readonly code: string;
  /** Where in the request: `[3].points[0]`, `records[2].key`; empty: the record as a whole, which is the request. */
  readonly path: string;
  /** What is wrong. Quotes nothing of the request. */
  readonly detail: string;
}
