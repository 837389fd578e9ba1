export { startFaultProxy } from './fault-proxy.js';
export type { FaultProxy } from './fault-proxy.js';
export type { Direction } from './fault-proxy-forward.js';
export { busContract } from './bus-contract.js';
export { runBusContractChild } from './bus-contract-child.js';
export type { BusContractTiming, BusStore, BusStoreOptions, CreateBusStore } from './bus-contract-store.js';
