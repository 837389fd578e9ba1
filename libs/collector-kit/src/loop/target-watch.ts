import type { FamilyStatus, MeasurementWriter, StatusAttributes } from '@omninode/contracts';
import { lanes } from '../family/define-family.js';
import type { AnyFamily, Lane } from '../family/define-family.js';
import { LabelSets } from '../family/label-sets.js';
import type { Measured } from '../family/measure.js';
import type { Reader } from '../reader.js';
import type { Clock } from './clock.js';
import { Connection } from './connection.js';
import type { Logger } from './logger.js';
import { readFamily } from './read-family.js';
import type { Read } from './read-family.js';
import { keepSchedule, phaseOf } from './schedule.js';
import { StatusBoard } from './status-board.js';
import { Turns } from './turns.js';
import { writeMeasured } from './write-measured.js';

/** What holds for every target of a collector. */
export interface WatchSettings<Target, Query> {
  /** In the order in which a pass reads them. */
  readonly families: readonly AnyFamily<Query>[];
  readonly reader: Reader<Target, Query>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly intervalsMs: Readonly<Record<Lane, number>>;
  /** How long one answer may take, unless the family declares its own. */
  readonly deadlineMs: number;
  readonly connectDeadlineMs: number;
  readonly maxConnectionAgeMs: number;
}

/** One target as its owner took it. */
export interface WatchedTarget<Target> {
  readonly id: string;
  readonly target: Target;
  readonly writer: MeasurementWriter;
  /** What each family remembers, as JSON: what an earlier owner left. */
  readonly memory: Readonly<Record<string, unknown>>;
  /** Called with all of the memory after a pass that changed it. */
  readonly onMemory: (memory: Readonly<Record<string, unknown>>) => void;
}

/** Points of one record lie at most this far apart in time. */
const recordSpanMs = 1_000;

/** Reads all families of one target, each in its lane, until it is stopped. */
export class TargetWatch<Target, Query> {
  readonly #stop = new AbortController();
  readonly #turns = new Turns();
  readonly #lanes: ReadonlyMap<Lane, readonly AnyFamily<Query>[]>;
  readonly #inFlight = new Map<Lane, Promise<void>>();
  /** Families that the pass under way is done with. */
  readonly #readInPass = new Map<Lane, Set<string>>();
  readonly #labelSets: ReadonlyMap<string, LabelSets>;
  readonly #connection: Connection<Target, Query>;
  readonly #board: StatusBoard;
  readonly #takenAtMs: number;
  readonly #schedules: Promise<unknown>;
  #memory: Readonly<Record<string, unknown>>;
  #isUp = false;
  /** Why the target can't be reached; `undefined` while it can. */
  #cutOffStatus: FamilyStatus | undefined;
  /** What the log was last told of each family; absent: nothing bad. */
  readonly #logged = new Map<string, FamilyStatus>();

  constructor(
    private readonly settings: WatchSettings<Target, Query>,
    private readonly watched: WatchedTarget<Target>,
  ) {
    const { families, reader, clock, connectDeadlineMs, maxConnectionAgeMs: maxAgeMs } = settings;
    this.#connection = new Connection({ reader, target: watched.target, clock, connectDeadlineMs, maxAgeMs });
    this.#takenAtMs = clock.nowMs();
    this.#board = new StatusBoard(this.#takenAtMs);
    this.#labelSets = new Map(families.map((family) => [family.name, new LabelSets(family)]));
    this.#memory = Object.fromEntries(
      families.map(({ name, parseMemory }) => [name, parseMemory?.(watched.memory[name]) as unknown]),
    );
    this.#lanes = Map.groupBy(families, (family) => family.lane);
    this.#schedules = Promise.all([...this.#lanes.keys()].map((lane) => this.#keep(lane)));
  }

  statuses(): readonly StatusAttributes[] {
    return this.#board.statuses();
  }

  /** Ends what is under way, closes the connection. The writer stays open. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#schedules;
    await Promise.all(this.#inFlight.values());
    await this.#connection.close();
  }

  async #keep(lane: Lane): Promise<void> {
    const { clock, intervalsMs } = this.settings;
    const schedule = { clock, intervalMs: intervalsMs[lane], phase: phaseOf(this.watched.id, lane) };
    await keepSchedule({ ...schedule, signal: this.#stop.signal }, () => {
      if (this.#inFlight.has(lane)) this.#skip(lane);
      else this.#begin(lane);
    });
  }

  #begin(lane: Lane): void {
    const pass = this.#pass(lane)
      .catch((error: unknown) => {
        if (this.#stop.signal.aborted) return; // an interrupted pass has nothing to say
        this.settings.logger.error('A pass ended in a fault of the collector.', {
          target: this.watched.id,
          lane,
          error,
        });
      })
      .finally(() => this.#inFlight.delete(lane));
    this.#inFlight.set(lane, pass);
  }

  /** Single flight: a lane whose pass is still under way is skipped and says so, it does not queue. */
  #skip(lane: Lane): void {
    const atMs = this.settings.clock.nowMs();
    for (const { name } of this.#familiesOf(lane))
      this.#board.skip(name, this.#readInPass.get(lane)?.has(name) ?? false, atMs);
    this.#publish(atMs);
  }

  /** The families of a lane, one after another, each in its own turn so that a faster lane need not wait for all of them. */
  async #pass(lane: Lane): Promise<void> {
    const pending: { readonly measured: Measured; readonly atMs: number }[] = [];
    const flush = () => {
      const atMs = pending[0]?.atMs ?? this.settings.clock.nowMs();
      for (const read of pending.splice(0)) writeMeasured(read.measured, this.watched.writer, read.atMs);
      this.#publish(atMs);
    };
    const done = new Set<string>();
    this.#readInPass.set(lane, done);
    let isAnswered = false;
    let isMemoryNew = false;
    for (const family of this.#familiesOf(lane)) {
      const { measured, atMs } = await this.#read(family, lane);
      done.add(family.name);
      if (pending[0] && atMs - pending[0].atMs > recordSpanMs) flush();
      if (!measured) continue;
      isAnswered = this.#isUp = true;
      pending.push({ measured, atMs });
      if (measured.failures.some(({ code }) => code === 'FAMILY_THREW')) this.#forget(family.name);
      if (measured.memory === undefined) continue;
      this.#memory = { ...this.#memory, [family.name]: measured.memory };
      isMemoryNew = true;
    }
    if (!isAnswered) this.#isUp = false;
    flush();
    if (isMemoryNew) this.watched.onMemory(this.#memory);
  }

  /** It may be the memory that a family stumbles over, in every pass from now on. */
  #forget(family: string): void {
    this.#memory = { ...this.#memory, [family]: undefined };
  }

  async #read(family: AnyFamily<Query>, lane: Lane): Promise<Read> {
    const endTurn = await this.#turns.take(lanes.indexOf(lane));
    try {
      this.#stop.signal.throwIfAborted();
      const { reader, clock, deadlineMs } = this.settings;
      const read = await readFamily({
        family,
        labelSets: this.#labelSets.get(family.name) as LabelSets,
        memory: this.#memory[family.name],
        takenAtMs: this.#takenAtMs,
        target: this.watched.target,
        reader,
        connection: this.#connection,
        clock,
        deadlineMs,
        signal: this.#stop.signal,
      });
      if (read.isConnectFailure) this.#cutOff(family, read);
      else this.#connected(family, read);
      return read;
    } finally {
      endTurn();
    }
  }

  /** Without a connection no family of any lane can be read, so all of them say so at once. */
  #cutOff(family: AnyFamily<Query>, { outcome, atMs }: Read): void {
    this.#board.note(family.name, outcome, atMs);
    for (const { name } of this.settings.families) this.#board.assume(name, outcome, atMs);
    this.#isUp = false;
    this.#logged.clear(); // that families return with the target is no news of their own
    const { status, reason } = outcome;
    if (status === this.#cutOffStatus) return;
    this.#cutOffStatus = status;
    this.settings.logger.warn('The target can not be reached.', { target: this.watched.id, status, reason });
  }

  #connected(family: AnyFamily<Query>, { outcome, atMs }: Read): void {
    const { logger } = this.settings;
    this.#board.note(family.name, outcome, atMs);
    if (this.#cutOffStatus) {
      this.#cutOffStatus = undefined;
      logger.info('The target can be reached again.', { target: this.watched.id });
      // The slower lanes would go on saying that they are cut off until it is their time.
      for (const lane of this.#lanes.keys()) if (!this.#inFlight.has(lane)) this.#begin(lane);
    }
    this.#log(family.name, outcome);
  }

  #log(family: string, { status, reason }: Read['outcome']): void {
    if (status === (this.#logged.get(family) ?? 'ok')) return;
    this.#logged.set(family, status);
    const { logger } = this.settings;
    const fields = { target: this.watched.id, family, status, reason };
    if (status === 'ok') logger.info('A family can be read again.', fields);
    // Nothing is the matter with it, and nobody can do anything.
    else if (status === 'unsupported') logger.info('The target has nothing for a family.', fields);
    else logger.warn('A family can not be read in full.', fields);
  }

  #publish(atMs: number): void {
    this.#board.write(this.watched.writer, atMs, { isUp: this.#isUp, opened: this.#connection.opened });
    this.watched.writer.publish(atMs);
  }

  #familiesOf(lane: Lane): readonly AnyFamily<Query>[] {
    return this.#lanes.get(lane) ?? [];
  }
}
