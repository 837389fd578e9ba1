import type { ChildProcess } from 'node:child_process';
import type { Bus, Topics } from '@omninode/contracts';

/** Where a transport keeps its topics: a data folder, a cluster. Each test has one with topics of its own. */
export interface BusStore {
  /** Opens a bus on it. A bus that was opened before is closed by then. `onError` hears of what goes wrong and is tried again. */
  open(onError?: (error: unknown) => void): Promise<Bus>;
  /** Starts a process that opens the bus and calls `runBusContractChild` with these arguments; its stdout is piped. */
  startChild(args: readonly string[]): ChildProcess;
  /** Lets no record through any more. Present where `obstructs` is set. */
  obstruct?(): Promise<void>;
  remove(): Promise<void>;
}

export interface BusStoreOptions {
  /** Names that no other test uses. */
  readonly topics: Topics;
  /** The producer part of these names, for a child. */
  readonly producer: string;
  readonly partitions: number;
}

export type CreateBusStore = (options: BusStoreOptions) => Promise<BusStore>;

export interface BusContractTiming {
  /** How long something that has to come may take, ms. Default 10 000. */
  readonly patienceMs: number;
  /** How long something that must not come is waited for, ms. Default 300. */
  readonly quietMs: number;
  /** A handler that takes longer than this must not lose its partition by it, ms. Default 1 000. */
  readonly sessionTimeoutMs: number;
  /** Rounds of each kill -9 loop. Default 8. */
  readonly killRounds: number;
  /** Whether stores have `obstruct`: a network can be cut, a file can not. Default false. */
  readonly obstructs: boolean;
  /** Where the moments of the kills come from; printed, so that a failure can be run again. */
  readonly seed: number;
}

/** What each part of the suite is given. */
export interface BusContract {
  readonly createStore: CreateBusStore;
  readonly timing: BusContractTiming;
}
