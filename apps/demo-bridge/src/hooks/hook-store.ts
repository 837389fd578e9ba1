import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { errorCode } from '@omninode/contracts';
import { stateLog } from '@omninode/service-kit';
import type { LogFields, Logger, Readiness } from '@omninode/service-kit';
import pg from 'pg';
import { pause } from '../pause.js';
import { deleteOldHooks, prepareTables } from '../queries.js';

export interface HookStoreOptions {
  readonly url: string;
  readonly poolSize: number;
  readonly logger: Logger;
  readonly readiness: Readiness;
}

const retryMs = 1_000;
const cleanEveryMs = 60_000;

/** The pool of connections to the database of hooks, with the tables that it needs. */
export class HookStore implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly pool: pg.Pool;
  readonly counts = { acquired: 0, released: 0, exhausted: 0 };
  readonly #end = new AbortController();
  readonly #prepared = Promise.withResolvers<void>();
  #isPrepared = false;

  constructor(private readonly options: HookStoreOptions) {
    this.pool = new pg.Pool({
      connectionString: options.url,
      application_name: 'demo-bridge',
      max: options.poolSize,
      connectionTimeoutMillis: 2_000,
      statement_timeout: 10_000,
    });
    this.pool.on('acquire', () => (this.counts.acquired += 1));
    this.pool.on('release', () => (this.counts.released += 1));
    // Without a listener a connection that breaks while it is idle would end the process; the next query opens a new one.
    this.pool.on('error', (error) => options.logger.warn('A connection to the database broke.', reasonOf(error)));
    options.readiness.add({
      name: 'database',
      check: () => (this.#isPrepared ? { ready: true } : { ready: false, reason: 'It has no tables yet.' }),
    });
  }

  /** Resolves when hooks can be stored. */
  get prepared(): Promise<void> {
    return this.#prepared.promise;
  }

  onApplicationBootstrap(): void {
    void this.#prepare();
  }

  beforeApplicationShutdown(): void {
    this.#end.abort();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }

  /** What the pool is asked for goes through here, so that it is known how often no connection was to be had. */
  async ask<T>(work: (pool: pg.Pool) => Promise<T>): Promise<T> {
    try {
      return await work(this.pool);
    } catch (error) {
      if ((error as Error).message === noConnection) this.counts.exhausted += 1;
      throw error;
    }
  }

  async #prepare(): Promise<void> {
    const log = stateLog(this.options.logger);
    const { signal } = this.#end;
    do {
      try {
        await prepareTables(this.pool);
        log.working('database', 'The database can be used now.');
        this.#isPrepared = true;
        this.#prepared.resolve();
        return await this.#clean(signal);
      } catch (error) {
        log.failing('database', 'The database can not be used yet.', reasonOf(error));
      }
    } while (await pause(retryMs, signal));
  }

  /** Hooks are kept for an hour. */
  async #clean(signal: AbortSignal): Promise<void> {
    const log = stateLog(this.options.logger);
    while (await pause(cleanEveryMs, signal)) {
      await deleteOldHooks(this.pool).then(
        () => log.working('old hooks', 'Old hooks are deleted again.'),
        (error: unknown) => log.failing('old hooks', 'Old hooks can not be deleted.', reasonOf(error)),
      );
    }
  }
}

function reasonOf(error: unknown): LogFields {
  return { code: errorCode(error), reason: (error as Error).message };
}

/** Source: https://github.com/brianc/node-postgres/blob/master/packages/pg-pool/index.js */
const noConnection = 'timeout exceeded when trying to connect';
