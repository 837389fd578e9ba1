import { createClient } from '../create-client.js';
import type { ClientOptions } from '../client-options.js';
import { KeptBus } from './kept-bus.js';

/** A client whose passes are made by hand, and what came out of it. */
export function clientRig(options: Partial<ClientOptions> = {}) {
  const bus = new KeptBus();
  const problems: unknown[] = [];
  const client = createClient({
    service: 'checkout',
    instance: 'checkout-1',
    bus,
    intervalMs: 3_600_000,
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  return { bus, client, problems, pass: () => client.flush(5_000) };
}
