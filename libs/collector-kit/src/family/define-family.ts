import type { Events, Metrics, WellNamed } from '@omninode/contracts';
import type { Recorder } from './recorder.js';

/** How often a family is read: fast what changes by the second, slow what is dear to read. Intervals are configured per collector. */
export const lanes = ['fast', 'medium', 'slow'] as const;
export type Lane = (typeof lanes)[number];

/**
 * A metric family: what is asked, what is declared, and how one becomes the other.
 * `Query` is what the collector's reader understands, `Reply` what it answers to this query.
 */
export interface Family<Query, Reply, M extends Metrics, E extends Events, Memory> {
  /** Lower case with dashes; the name of its file. */
  readonly name: string;
  readonly lane: Lane;
  readonly metrics: M & WellNamed<M>;
  readonly events?: E;
  readonly query: Query;
  /** How long one answer may take, ms. Default: the collector's. */
  readonly deadlineMs?: number;
  /** A second question that depends on the first answer, where one is needed. Pure. */
  followUp?(reply: Reply, pass: Pass<Memory>): Query | undefined;
  /** Labels whose values nobody can list beforehand. Default: all labels. The cap counts the sets of their values. */
  readonly openLabels?: readonly string[];
  /** How many of those sets are published; the rest is summed as `other`. Default 200. */
  readonly maxLabelSets?: number;
  /** Reads what `toMeasurements` remembered in an earlier pass, maybe in another process of another version. */
  readonly parseMemory?: (json: unknown) => Memory | undefined;
  /**
   * Pure: no clock, no state. What can't be recorded costs that metric only.
   * Returns what the next pass, maybe of another owner, must know: a JSON value. Nothing: the memory stays as it is.
   */
  toMeasurements(reply: Reply, record: Recorder<M, E>, pass: Pass<Memory>): Memory | void;
}

/** What is known of a pass beside the reply. */
export interface Pass<Memory = unknown> {
  /** When the reply came, ms since 1970 UTC, by the collector's clock. */
  readonly atMs: number;
  /** How long the target took to answer, ms. */
  readonly answerMs: number;
  /** How long the latest connect took until the target was ready to be asked, ms. */
  readonly connectMs: number;
  /** When this owner took the target, ms since 1970 UTC: the start of what the collector itself counts. */
  readonly takenAtMs: number;
  /** What the family returned last; `undefined` on the first pass ever. */
  readonly memory: Memory | undefined;
  /** The answer to the follow-up; `undefined` when none was asked or it failed. */
  readonly followUp: unknown;
  /** How long the answer to the follow-up took, ms; 0 when none was asked. */
  readonly followUpMs: number;
  /** Whether the follow-up was asked and failed: the first answer stands. */
  readonly followUpFailed: boolean;
}

/** A family of any shape, as the loop handles it. */
// eslint-disable-next-line typescript/no-explicit-any -- a list of families has no common reply, recorder or memory
export type AnyFamily<Query = any> = Family<Query, any, any, any, any>;

/** Declares a family: `defineFamily<Query, Reply>()({ … })`. The rest is inferred, and what is not declared does not compile. */
export const defineFamily =
  <Query, Reply>() =>
  <const M extends Metrics, const E extends Events = Record<never, never>, Memory = never>(
    family: Family<Query, Reply, M, E, Memory>,
  ): Family<Query, Reply, M, E, Memory> =>
    family;
