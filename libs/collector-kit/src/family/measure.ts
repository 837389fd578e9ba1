import { errorCode } from '@omninode/contracts';
import type { CodedError } from '@omninode/contracts';
import { errors } from '../errors.js';
import type { AnyFamily, Pass } from './define-family.js';
import type { LabelSets } from './label-sets.js';
import { createRecorder } from './recorder.js';
import type { Recorded, Recording } from './recorder.js';

/** What a pass of a family came to. */
export interface Measured {
  readonly values: readonly Recorded[];
  readonly events: Recording['events'];
  readonly failures: readonly CodedError[];
  readonly report: Recording['report'];
  /** How many label sets are in `other` because of the cap. */
  readonly cut: number;
  /** What the next pass must know; `undefined`: what it knew before. */
  readonly memory: unknown;
}

/** Turns a reply into measurements. Never throws: a family that does is a failure, and what it had recorded before stands. */
export function measure(family: AnyFamily, reply: unknown, pass: Pass, labelSets: LabelSets): Measured {
  const { recorder, recording } = createRecorder(family);
  const { events, failures } = recording;
  let memory: unknown;
  try {
    memory = family.toMeasurements(reply, recorder, pass) as unknown;
  } catch (error) {
    failures.push(errors.FAMILY_THREW({ family: family.name, code: errorCode(error) }, error));
  }
  const { values, cut } = labelSets.cap(recording.values, pass.atMs);
  return { values, events, failures, report: recording.report, cut, memory };
}
