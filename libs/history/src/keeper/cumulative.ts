/**
 * What a cumulative series grew by in each hour. Of each hour only the last value of each run is kept (a run ends when the
 * source restarts), and increases are differences of these: so the order in which points come makes no difference, and a point
 * costs an assignment.
 */
export interface Chain<V> {
  /** The newest point before the first cell. */
  before: Run<V> | undefined;
  /** Whether `before` is the first point ever seen: what was counted until then belongs to no hour. */
  isSighted: boolean;
  /** Ascending by hour. */
  readonly cells: Cell<V>[];
}

export interface Cell<V> {
  /** Begin of the hour, ms since 1970 UTC. */
  readonly hourMs: number;
  /** Ascending by time. */
  readonly runs: Run<V>[];
}

/** The last point of a run so far. */
export interface Run<V> {
  /** When the source began to count; 0: not known. ms since 1970 UTC. */
  startMs: number;
  atMs: number;
  value: V;
}

/** The sum of the runs less the base; `undefined` when the base does not belong to them: it is larger. */
export type SumOfRuns<V> = (runs: readonly Run<V>[], base: V | undefined) => V | undefined;

export interface Increase<V> {
  readonly value: V;
  /** Whether the source had begun to count before it was first seen. */
  readonly isPartial: boolean;
}

export function newChain<V>(): Chain<V> {
  return { before: undefined, isSighted: false, cells: [] };
}

/** A source that began to count shortly before the hour is counted from its start: its first point comes a little later. */
const nearMs = 5 * 60_000;

/** Takes a point of the hour. Gives the position of its cell when that changed, else −1: it knew a newer one. */
export function takePoint<V>(chain: Chain<V>, ofHourMs: number, point: Run<V>): number {
  const { before } = chain;
  if (before && point.atMs <= before.atMs && !chain.isSighted) return -1;
  const isFirst = before ? point.atMs < before.atMs : isFirstOf(chain, point);
  if (isFirst) {
    const isWhole = point.startMs >= ofHourMs - nearMs;
    chain.before = isWhole ? undefined : { ...point };
    chain.isSighted = !isWhole;
  }
  const at = cellAt(chain.cells, ofHourMs);
  return noteRun(chain.cells[at]!.runs, point) || isFirst ? at : -1;
}

/** By what the series grew in a cell. */
export function increaseOf<V>(chain: Chain<V>, at: number, sum: SumOfRuns<V>): Increase<V> {
  const { runs } = chain.cells[at]!;
  const before = at > 0 ? chain.cells[at - 1]!.runs.at(-1) : chain.before;
  const continues = before !== undefined && runs[0]!.startMs <= before.atMs;
  const value = (continues ? sum(runs, before.value) : undefined) ?? sum(runs, undefined)!;
  return { value, isPartial: at === 0 && chain.isSighted };
}

/** Forgets the cells before an hour; their last point is where the next one begins. */
export function forgetCells<V>(chain: Chain<V>, beforeHourMs: number): void {
  while (chain.cells.length > 0 && chain.cells[0]!.hourMs < beforeHourMs) {
    const last = chain.cells.shift()!.runs.at(-1)!;
    if (!chain.before || last.atMs >= chain.before.atMs) chain.before = last;
    chain.isSighted = false;
  }
}

/** When the newest point was taken; 0: there is none. */
export function newestOf<V>({ cells, before }: Chain<V>): number {
  return cells.at(-1)?.runs.at(-1)?.atMs ?? before?.atMs ?? 0;
}

function isFirstOf<V>({ cells }: Chain<V>, { atMs }: Run<V>): boolean {
  const [first] = cells;
  return !first || atMs < Math.max(first.hourMs, first.runs[0]!.startMs);
}

function cellAt<V>(cells: Cell<V>[], ofHourMs: number): number {
  let at = cells.length;
  while (at > 0 && cells[at - 1]!.hourMs > ofHourMs) at--;
  if (at > 0 && cells[at - 1]!.hourMs === ofHourMs) return at - 1;
  cells.splice(at, 0, { hourMs: ofHourMs, runs: [] });
  return at;
}

/** Whether the runs changed: a point that is older than what its run has come to says nothing new. */
function noteRun<V>(runs: Run<V>[], { startMs, atMs, value }: Run<V>): boolean {
  const run = runs.findLast((candidate) => candidate.startMs <= atMs && startMs <= candidate.atMs);
  if (!run) {
    runs.push({ startMs, atMs, value });
    runs.sort((one, other) => one.atMs - other.atMs);
    return true;
  }
  if (atMs < run.atMs) return false;
  run.atMs = atMs;
  run.value = value;
  return true;
}
