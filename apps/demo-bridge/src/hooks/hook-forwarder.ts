import { Inject } from '@nestjs/common';
import { Breakers } from '../breakers/breakers.js';
import type { HookStream } from '../stream/hook-stream.js';
import { STREAM } from '../tokens.js';
import type { HookEvent } from './hook-event.js';
import { HookProcessor } from './hook-processor.js';

/** Sends hooks on to be processed: through Kafka where there is one, else at once. */
export class HookForwarder {
  constructor(
    @Inject(STREAM) private readonly stream: HookStream | null,
    @Inject(HookProcessor) private readonly processor: HookProcessor,
    @Inject(Breakers) private readonly breakers: Breakers,
  ) {}

  /** Whether it went to Kafka. Throws what the way that it took throws. */
  async forward(id: string, event: HookEvent): Promise<boolean> {
    const { stream } = this;
    if (stream?.isUp) await this.breakers.call('kafka_operations', () => stream.publish({ id, ...event }));
    else await this.processor.process({ id, payload: event.payload });
    return stream?.isUp ?? false;
  }
}
