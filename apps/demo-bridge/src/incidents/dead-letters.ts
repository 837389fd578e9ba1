import { randomUUID } from 'node:crypto';
import { errorCode } from '@omninode/contracts';
import type { Logger } from '@omninode/service-kit';
import { pause } from '../pause.js';
import type { HookStream } from '../stream/hook-stream.js';
import type { Incident } from './incident.js';

const rounds = 3;
const everyMs = 3_000;

export function deadLetters(stream: HookStream | null, logger: Logger): Incident {
  return {
    name: 'dead-letters',
    sentence: 'Records arrive that nobody can read or process: they end as dead letters.',
    ...(!stream && { impossible: 'No Kafka is given.' }),
    async happen(signal) {
      for (let round = 0; round < rounds && !signal.aborted; round++) {
        await stream
          ?.publishRaw(['{"half a', 'no JSON', '{"another":"shape"}', unsupported(), unsupported()])
          .catch((error: unknown) => logger.debug('Poison could not be sent.', { code: errorCode(error) }));
        await pause(everyMs, signal);
      }
    },
  };
}

/** A hook by its form, with an action that nothing processes. */
function unsupported(): string {
  return JSON.stringify({
    id: randomUUID(),
    metadata: { source: 'unknown-service' },
    payload: { action: 'teleported', resource: 'repository', resource_id: 'resource-1' },
  });
}
