export { startFaultProxy } from './fault-proxy.js';
export type { FaultProxy } from './fault-proxy.js';
export type { Direction } from './fault-proxy-forward.js';
