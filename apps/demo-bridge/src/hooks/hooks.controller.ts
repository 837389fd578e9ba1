import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  NotFoundException,
  Param,
  ParseUUIDPipe,
  Post,
  UseFilters,
  UseInterceptors,
} from '@nestjs/common';
import { errorCode } from '@omninode/contracts';
import type { Pool } from 'pg';
import { errors } from '../errors.js';
import { HookTrace } from '../mesh/bridge-trace.interceptor.js';
import { activeSessions, findHook, hooksBySource } from '../queries.js';
import type { StoredHook } from '../queries.js';
import { QuietFailureFilter } from '../quiet-failure.filter.js';
import { readHookEvent } from './hook-event.js';
import { HookReceiver } from './hook-receiver.js';
import type { Receipt } from './hook-receiver.js';
import { HookStore } from './hook-store.js';

@Controller()
@UseInterceptors(HookTrace)
@UseFilters(QuietFailureFilter)
export class HooksController {
  constructor(
    @Inject(HookReceiver) private readonly receiver: HookReceiver,
    @Inject(HookStore) private readonly store: HookStore,
  ) {}

  @Post('hooks')
  @HttpCode(202)
  async receive(@Body() body: unknown): Promise<Receipt> {
    return this.receiver.receive(readHookEvent(body));
  }

  @Get('hooks/:id')
  async hook(@Param('id', ParseUUIDPipe) id: string): Promise<StoredHook> {
    const hook = await this.#read((pool) => findHook(pool, id));
    if (!hook) throw new NotFoundException({ code: 'HOOK_UNKNOWN', message: 'There is no hook with this id.' });
    return hook;
  }

  @Get('sessions')
  async sessions(): Promise<readonly unknown[]> {
    return this.#read(activeSessions);
  }

  @Get('reports/sources')
  async sources(): Promise<readonly unknown[]> {
    return this.#read(hooksBySource);
  }

  async #read<T>(work: (pool: Pool) => Promise<T>): Promise<T> {
    try {
      return await this.store.ask(work);
    } catch (cause) {
      throw errors.HOOKS_NOT_READ({ reason: errorCode(cause) }, cause);
    }
  }
}
