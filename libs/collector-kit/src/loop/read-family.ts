import { errorCode } from '@omninode/contracts';
import type { FamilyStatus } from '@omninode/contracts';
import { errors } from '../errors.js';
import type { AnyFamily, Pass } from '../family/define-family.js';
import type { LabelSets } from '../family/label-sets.js';
import { measure } from '../family/measure.js';
import type { Measured } from '../family/measure.js';
import type { Answer, Explanation, Reader, Session } from '../reader.js';
import type { Clock } from './clock.js';
import type { Connection } from './connection.js';
import { withDeadline } from './deadline.js';
import type { Outcome } from './status-board.js';

export interface Reading<Target, Query> {
  readonly family: AnyFamily<Query>;
  readonly labelSets: LabelSets;
  readonly memory: unknown;
  readonly takenAtMs: number;
  readonly target: Target;
  readonly reader: Reader<Target, Query>;
  readonly connection: Connection<Target, Query>;
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

export interface Read {
  readonly outcome: Outcome;
  /** Whether the failure was to connect, so that it is every family's. */
  readonly isConnectFailure: boolean;
  readonly atMs: number;
  /** Absent when nothing was read. */
  readonly measured?: Measured;
}

/** Reads one family of a target, within its deadline, and says how it went. Rejects only when the signal aborts. */
export async function readFamily<Target, Query>(reading: Reading<Target, Query>): Promise<Read> {
  const { reader, target, connection, clock, signal } = reading;
  const startMs = clock.elapsedMs();
  const cost = { roundTrips: 0, rows: 0 };
  const failed = (error: unknown, isConnectFailure: boolean): Read => {
    signal.throwIfAborted();
    const explanation = explainWithin(error, () => reader.explain(error, target));
    const durationMs = clock.elapsedMs() - startMs;
    return {
      outcome: { ...explanation, ...cost, durationMs, failures: 0, cut: 0 },
      isConnectFailure,
      atMs: clock.nowMs(),
    };
  };

  let session: Session<Query>;
  try {
    session = await connection.session(signal);
  } catch (error) {
    return failed(error, true);
  }
  try {
    const { reply, pass, followUpError } = await ask(session, reading, cost);
    connection.succeeded();
    if (isDeadline(followUpError) || session.lost) connection.drop(followUpError ?? session.lost);
    const measured = measure(reading.family, reply, pass, reading.labelSets);
    const durationMs = clock.elapsedMs() - startMs;
    const missing =
      followUpError === undefined
        ? undefined
        : explainWithin(followUpError, () => reader.explain(followUpError, target));
    const outcome = {
      ...judge(measured, missing),
      ...cost,
      durationMs,
      failures: measured.failures.length,
      cut: measured.cut,
    };
    return { outcome, isConnectFailure: false, atMs: pass.atMs, measured };
  } catch (error) {
    // After a deadline the answer may still come, to the next question: such a session is of no use any more.
    if (isDeadline(error) || session.lost || signal.aborted) connection.drop(error);
    return failed(error, false);
  }
}

/** One question, and a second one where the first answer calls for it. A second one that fails leaves the first answer in force. */
async function ask<Target, Query>(
  session: Session<Query>,
  { family, memory, takenAtMs, connection, clock, deadlineMs: usualMs, signal }: Reading<Target, Query>,
  cost: { roundTrips: number; rows: number },
): Promise<{ reply: unknown; pass: Pass; followUpError?: unknown }> {
  const deadlineMs = family.deadlineMs ?? usualMs;
  const onTimeout = () => errors.DEADLINE_PASSED({ deadlineMs });
  const put = async (query: Query): Promise<Answer> => {
    const limits = { clock, deadlineMs, signal, onTimeout };
    const answer = await withDeadline((limit) => session.read(query, family.name, limit), limits);
    cost.roundTrips += answer.roundTrips;
    cost.rows += answer.rows;
    return answer;
  };
  const startMs = clock.elapsedMs();
  const { reply } = await put(family.query);
  const answerMs = clock.elapsedMs() - startMs;
  const { connectMs } = connection;
  const pass: Pass = {
    atMs: clock.nowMs(),
    answerMs,
    connectMs,
    takenAtMs,
    memory,
    followUp: undefined,
    followUpMs: 0,
    followUpFailed: false,
  };
  const next = nextQuestion(family, reply, pass);
  if (next === undefined) return { reply, pass };
  const askedMs = clock.elapsedMs();
  try {
    const answer = await put(next);
    return { reply, pass: { ...pass, followUp: answer.reply, followUpMs: clock.elapsedMs() - askedMs } };
  } catch (error) {
    signal.throwIfAborted();
    return { reply, pass: { ...pass, followUpFailed: true }, followUpError: error };
  }
}

function nextQuestion<Query>(family: AnyFamily<Query>, reply: unknown, pass: Pass): Query | undefined {
  try {
    return family.followUp?.(reply, pass);
  } catch (error) {
    throw errors.FAMILY_THREW({ family: family.name, code: errorCode(error) }, error);
  }
}

/** A deadline of ours is explained here, all else by the reader. */
function explainWithin(error: unknown, explain: () => Explanation): Explanation {
  const { code, message } = error as { code?: unknown; message: string };
  if (code === 'DEADLINE_PASSED') return { status: 'timed_out', reason: message };
  if (code === 'FAMILY_THREW') return { status: 'degraded', reason: message };
  if (code === 'CONNECT_DEADLINE_PASSED') return { status: 'unreachable', reason: message };
  return explain();
}

function isDeadline(error: unknown): boolean {
  return errorCode(error) === 'DEADLINE_PASSED';
}

function judge(
  { report, failures }: Measured,
  missing: Explanation | undefined,
): { status: FamilyStatus; reason: string } {
  if (report) return report;
  if (missing) return { status: 'degraded', reason: missing.reason };
  const [first, ...others] = failures;
  if (!first) return { status: 'ok', reason: '' };
  return {
    status: 'degraded',
    reason: others.length > 0 ? `${first.message} And ${others.length} more.` : first.message,
  };
}
