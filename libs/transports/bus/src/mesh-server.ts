import { BaseRpcContext, Server } from '@nestjs/microservices';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import { CodedError, errorCode } from '@omninode/contracts';
import type { Bus, BusConsumer, ConsumerOptions, TopicProblem, Topics } from '@omninode/contracts';
import { isObservable, lastValueFrom } from 'rxjs';
import { meshTransport } from './consume-topic.js';
import { declaredConsumers } from './declared-consumers.js';
import type { DeclaredConsumer, MeshHandler } from './declared-consumers.js';
import { busErrors } from './errors.js';
import { growingPauseMs, pause } from './pause.js';

export type MeshServerStatus = 'connected' | 'disconnected';

/**
 * The mesh as a Nest microservice: `listen` turns the methods decorated with `@ConsumeTopic` into consumers of the bus.
 * A bus that can't be reached yet does not fail the start: the server says so once and goes on trying.
 */
export class MeshServer extends Server<Record<string, never>, MeshServerStatus> implements CustomTransportStrategy {
  override transportId = meshTransport;
  override readonly propagatesEventHandlerErrors = true;
  private readonly closing = new AbortController();
  private consumers: BusConsumer[] = [];
  private starting: Promise<void> = Promise.resolve();

  constructor(
    private readonly bus: Bus,
    private readonly topics: Topics,
  ) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    this.starting = this.start().then(
      () => callback(),
      (error: unknown) => {
        if (!isRetryable(error)) return callback(error);
        this.logger.warn(`The bus is not ready yet, trying on: ${errorCode(error)} ${(error as Error).message}`);
        this._status$.next('disconnected');
        callback();
        return this.keepStarting();
      },
    );
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.starting;
    await Promise.all(this.consumers.map((consumer) => consumer.close()));
    this.consumers = [];
    this._status$.next('disconnected');
  }

  override on(event: string): never {
    throw busErrors.EVENTS_UNSUPPORTED({ event });
  }

  override unwrap<T>(): T {
    return this.bus as T;
  }

  private async keepStarting(): Promise<void> {
    for (let attempt = 1; !this.closing.signal.aborted; attempt++) {
      await pause(growingPauseMs(attempt), this.closing.signal);
      if (this.closing.signal.aborted) return;
      try {
        return await this.start();
      } catch (error) {
        // Nobody waits for the callback any more, so this is the only place where it can be said.
        if (!isRetryable(error)) return this.logger.error(error);
      }
    }
  }

  /** May be called again after it failed half-way: consumers that stand are kept. */
  private async start(): Promise<void> {
    const declared = declaredConsumers(this.messageHandlers, this.topics);
    this.refuseUnfitTopics(await this.bus.prepareTopics());
    for (const consumer of declared.slice(this.consumers.length)) {
      this.consumers.push(await this.bus.consume(this.consumerOptions(consumer)));
    }
    this._status$.next('connected');
  }

  private refuseUnfitTopics(problems: readonly TopicProblem[]): void {
    for (const { problem } of problems) this.logger.warn(problem);
    const fatal = problems.filter((problem) => problem.fatal).map(({ problem }) => problem);
    if (fatal.length > 0) throw busErrors.TOPICS_UNFIT({ problems: fatal.join(' ') });
  }

  private consumerOptions({
    topic,
    group,
    commit,
    maxAttempts,
    batch,
    assigned,
    revoked,
  }: DeclaredConsumer): ConsumerOptions {
    return {
      topic,
      group,
      ...(commit !== undefined && { commit }),
      ...(maxAttempts !== undefined && { maxAttempts }),
      onBatch: async (records) => void (await this.call(batch, records)),
      ...(assigned && { onAssigned: async (assignment) => (await this.call(assigned, assignment)) as 'committed' }),
      ...(revoked && { onRevoked: async (partition) => void (await this.call(revoked, partition)) }),
    };
  }

  /** Runs a handler through Nest's proxy (guards, pipes, interceptors, processing hooks) and rejects with the handler's own error. */
  private call(handler: MeshHandler, payload: unknown): Promise<unknown> {
    const context = new BaseRpcContext([]);
    return new Promise((resolve, reject) => {
      this.runWithProcessingHooks(context, async (end) => {
        try {
          const result = await handler(payload, context);
          resolve(isObservable(result) ? await lastValueFrom(result, { defaultValue: undefined }) : result);
        } catch (error) {
          reject(error);
        } finally {
          end();
        }
      });
    });
  }
}

function isRetryable(error: unknown): boolean {
  return error instanceof CodedError && error.retryable;
}
