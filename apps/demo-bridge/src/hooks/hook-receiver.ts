import { randomUUID } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { ClassifierClient } from '../classifier/classifier-client.js';
import { RuleCache } from '../rules/rule-cache.js';
import type { HookEvent } from './hook-event.js';
import { HookForwarder } from './hook-forwarder.js';
import { HookKeeper } from './hook-keeper.js';

export interface Receipt {
  readonly success: true;
  readonly event_id: string;
  /** Whom it concerns; absent: there is no rule for the resource, or none could be read. */
  readonly notify?: string;
  /** Absent: the classifier did not say. */
  readonly kind?: string;
  /** Whether it went to Kafka; absent: it is stored, and went nowhere. */
  readonly published?: boolean;
}

/** Takes hooks in. One is safe when it is stored: whatever else fails costs only what it would have added. */
export class HookReceiver {
  constructor(
    @Inject(HookKeeper) private readonly keeper: HookKeeper,
    @Inject(RuleCache) private readonly rules: RuleCache,
    @Inject(HookForwarder) private readonly forwarder: HookForwarder,
    @Inject(ClassifierClient) private readonly classifier: ClassifierClient,
  ) {}

  /** Throws HOOK_NOT_STORED. */
  async receive(event: HookEvent): Promise<Receipt> {
    const id = randomUUID();
    await this.keeper.keep(id, event);
    const rule = await orNothing(this.rules.find(event.payload.resource_id));
    const published = await orNothing(this.forwarder.forward(id, event));
    const kind = await orNothing(this.classifier.classify(event));
    return {
      success: true,
      event_id: id,
      ...(rule && { notify: rule.notify }),
      ...(kind !== undefined && { kind }),
      ...(published !== undefined && { published }),
    };
  }
}

/** What fails here is measured by whoever was asked, and is no failure of the hook. */
async function orNothing<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch(() => undefined);
}
