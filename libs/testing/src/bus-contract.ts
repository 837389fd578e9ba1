import { describe } from 'vitest';
import { compactedContract } from './bus-contract-compacted.js';
import { consumingContract } from './bus-contract-consuming.js';
import { crashContract } from './bus-contract-crash.js';
import { failuresContract } from './bus-contract-failures.js';
import { groupsContract } from './bus-contract-groups.js';
import { memoryContract } from './bus-contract-memory.js';
import { publishingContract } from './bus-contract-publishing.js';
import type { BusContractTiming, CreateBusStore } from './bus-contract-store.js';

const defaultTiming: BusContractTiming = {
  patienceMs: 10_000,
  quietMs: 300,
  sessionTimeoutMs: 1_000,
  killRounds: 8,
  obstructs: false,
  seed: Date.now() % 1_000_000,
};

/** What every bus owes to the mesh, whatever carries it. Each transport runs this suite unmodified. */
export function busContract(name: string, createStore: CreateBusStore, timing: Partial<BusContractTiming> = {}): void {
  const contract = { createStore, timing: { ...defaultTiming, ...timing } };
  describe(name, () => {
    publishingContract(contract);
    consumingContract(contract);
    failuresContract(contract);
    groupsContract(contract);
    compactedContract(contract);
    memoryContract(contract);
    crashContract(contract);
  });
}
