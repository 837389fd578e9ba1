/** What happened since the start, counted where it happens. */
export interface Counts {
  /** Acknowledged by the bus, those from the spool included. */
  sentRecords: number;
  sentBytes: number;
  sentPoints: number;
  /** Records that were handed to the bus again after a failure. */
  retriedRecords: number;
  spooledRecords: number;
  replayedRecords: number;
  /** Bytes of the spool that could not be read: a record torn by a crash, a damaged disk. */
  damagedSpoolBytes: number;
  /** Calls that asked for a series over the cap, or of a form that readers refuse. */
  refusedSeries: number;
  /** Values and starts that were not taken: no such series, another kind, not finite, or written after the close. */
  ignoredPoints: number;
  /** Events that JSON can't hold, or that were written after the close. */
  ignoredEvents: number;
  /** By the code of the failure. */
  readonly failures: Map<string, number>;
  /** Records lost, by code. */
  readonly dropped: Map<string, number>;
}

export function newCounts(): Counts {
  return {
    sentRecords: 0,
    sentBytes: 0,
    sentPoints: 0,
    retriedRecords: 0,
    spooledRecords: 0,
    replayedRecords: 0,
    damagedSpoolBytes: 0,
    refusedSeries: 0,
    ignoredPoints: 0,
    ignoredEvents: 0,
    failures: new Map(),
    dropped: new Map(),
  };
}

export function countUp(counter: Map<string, number>, code: string, by = 1): void {
  counter.set(code, (counter.get(code) ?? 0) + by);
}
