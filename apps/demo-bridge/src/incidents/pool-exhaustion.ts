import { errorCode } from '@omninode/contracts';
import type { Logger } from '@omninode/service-kit';
import type { HookStore } from '../hooks/hook-store.js';
import { pause } from '../pause.js';
import { beginAndForget } from '../queries.js';
import type { Incident } from './incident.js';

export function poolExhaustion({ pool }: HookStore, lastsMs: number, logger: Logger): Incident {
  return {
    name: 'pool',
    sentence: 'Transactions are left open on every connection of the pool: requests wait for one in vain.',
    async happen(signal) {
      const attempts = await Promise.allSettled(Array.from({ length: pool.options.max }, () => pool.connect()));
      const held = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
      const failed = (await Promise.allSettled(held.map(beginAndForget))).find(({ status }) => status === 'rejected');
      if (failed)
        logger.debug('A transaction could not be begun.', {
          code: errorCode((failed as PromiseRejectedResult).reason),
        });
      await pause(lastsMs, signal);
      // Not given back but closed: what a transaction had locked is free at once, whatever state it is in.
      for (const connection of held) connection.release(true);
    },
  };
}
