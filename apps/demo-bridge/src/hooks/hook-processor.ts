import { Inject } from '@nestjs/common';
import type { Client } from '@omninode/client';
import { errors } from '../errors.js';
import { markProcessed } from '../queries.js';
import { CLIENT } from '../tokens.js';
import type { HookRecord } from './hook-event.js';
import { HookStore } from './hook-store.js';

const actions = new Set(['created', 'updated', 'deleted', 'deployed', 'viewed']);

/** What is done with a hook in the end. Throws ACTION_UNSUPPORTED, and what the database throws. */
export class HookProcessor {
  constructor(
    @Inject(CLIENT) private readonly client: Client,
    @Inject(HookStore) private readonly store: HookStore,
  ) {}

  async process({ id, payload }: Pick<HookRecord, 'id' | 'payload'>): Promise<void> {
    if (!actions.has(payload.action)) throw errors.ACTION_UNSUPPORTED();
    const requestId = this.client.current?.requestId ?? '';
    await this.client.trace('database', 'mark_processed', () =>
      this.store.ask((pool) => markProcessed(pool, id, requestId)),
    );
  }
}
