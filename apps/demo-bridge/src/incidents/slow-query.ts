import type { Client } from '@omninode/client';
import { errorCode } from '@omninode/contracts';
import type { Logger } from '@omninode/service-kit';
import type { HookStore } from '../hooks/hook-store.js';
import { pause } from '../pause.js';
import { slowReport } from '../queries.js';
import type { Incident } from './incident.js';

const reports = 6;
const secondsEach = 2;

export function slowQuery(store: HookStore, client: Client, logger: Logger): Incident {
  return {
    name: 'slow-query',
    sentence: `Somebody runs ${reports} reports that take ${secondsEach} seconds each.`,
    async happen(signal) {
      for (let report = 0; report < reports && !signal.aborted; report++) {
        await client
          .trace('database', 'daily_report', () => store.ask((pool) => slowReport(pool, secondsEach)))
          .catch((error: unknown) => logger.debug('A report failed.', { code: errorCode(error) }));
        await pause(1_000, signal);
      }
    },
  };
}
