import type { FamilyStatus } from '@omninode/contracts';
import type { AnyFamily } from '../family/define-family.js';
import { LabelSets } from '../family/label-sets.js';
import type { Reader } from '../reader.js';
import type { Clock } from './clock.js';
import { Connection } from './connection.js';
import { readFamily } from './read-family.js';

export interface ReadOnceOptions<Target, Query> {
  readonly target: Target;
  readonly reader: Reader<Target, Query>;
  readonly families: readonly AnyFamily<Query>[];
  readonly clock: Clock;
  readonly connectDeadlineMs: number;
  /** How long one answer may take, where the family does not say. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** What one look at a family came to. */
export interface FamilyReading {
  readonly family: string;
  readonly status: FamilyStatus;
  /** What is missing and what to do; empty when `ok`. */
  readonly reason: string;
  readonly durationMs: number;
  readonly roundTrips: number;
  /** How many values and events there were. */
  readonly measurements: number;
}

export interface TargetReading {
  /** False: no family was asked, and each has the reason why. */
  readonly isConnected: boolean;
  readonly families: readonly FamilyReading[];
}

/**
 * Connects, reads each family once as the loop would in its first pass, and ends the connection. For those who want to know what
 * would work, without a mesh. Rejects only when the signal aborts.
 */
export async function readOnce<Target, Query>(options: ReadOnceOptions<Target, Query>): Promise<TargetReading> {
  const { families, clock } = options;
  const connection = new Connection({ ...options, maxAgeMs: Infinity });
  const takenAtMs = clock.nowMs();
  const readings: FamilyReading[] = [];
  try {
    for (const family of families) {
      const labelSets = new LabelSets(family);
      const read = await readFamily({ ...options, family, labelSets, connection, takenAtMs, memory: undefined });
      const { status, reason, durationMs, roundTrips } = read.outcome;
      const { values = [], events = [] } = read.measured ?? {};
      const measurements = values.length + events.length;
      const reading = { family: family.name, status, reason, durationMs, roundTrips, measurements };
      if (read.isConnectFailure && readings.length === 0)
        return { isConnected: false, families: families.map(({ name }) => ({ ...reading, family: name })) };
      readings.push(reading);
    }
    return { isConnected: true, families: readings };
  } finally {
    await connection.close();
  }
}
