import { Inject } from '@nestjs/common';
import type { Client } from '@omninode/client';
import { errorCode } from '@omninode/contracts';
import { Breakers } from '../breakers/breakers.js';
import { errors } from '../errors.js';
import { insertHook } from '../queries.js';
import { CLIENT } from '../tokens.js';
import type { HookEvent } from './hook-event.js';
import { HookStore } from './hook-store.js';

/** Stores hooks, behind the breaker of what everything depends on. */
export class HookKeeper {
  constructor(
    @Inject(CLIENT) private readonly client: Client,
    @Inject(Breakers) private readonly breakers: Breakers,
    @Inject(HookStore) private readonly store: HookStore,
  ) {}

  /** Throws HOOK_NOT_STORED. */
  async keep(id: string, event: HookEvent): Promise<void> {
    const requestId = this.client.current?.requestId ?? id;
    try {
      await this.client.trace('database', 'insert_hook', () =>
        this.breakers.call('database_operations', () =>
          this.store.ask((pool) => insertHook(pool, id, requestId, event)),
        ),
      );
    } catch (cause) {
      throw errors.HOOK_NOT_STORED({ reason: errorCode(cause) }, cause);
    }
  }
}
