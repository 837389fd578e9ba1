import { createRequire } from 'node:module';

/**
 * kafkajs 2.2.4 runs a 1 ms timer per open broker connection while it is idle: 3–4 % of a core for each client, and on
 * Node 24 a `TimeoutNegativeWarning` (https://github.com/tulios/kafkajs/issues/1751). A check is only due while requests
 * wait or the broker throttles us; this schedules it just then. It replaces one private method, hence the pinned version.
 */
export function calmRequestQueues(): void {
  const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as {
    prototype: RequestQueuePrototype;
  };
  RequestQueue.prototype.scheduleCheckPendingRequests = function scheduleWhenNeeded(this: RequestQueuePrototype): void {
    if (this.throttleCheckTimeoutId) return;
    const throttledMs = this.throttledUntil - Date.now();
    if (throttledMs <= 0 && this.pending.length === 0) return;
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      throttledMs > 0 ? throttledMs : 10,
    );
  };
}

interface RequestQueuePrototype {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  throttledUntil: number;
  readonly pending: readonly unknown[];
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}
