import { Inject } from '@nestjs/common';
import type { Client } from '@omninode/client';
import { Breakers } from '../breakers/breakers.js';
import { errors } from '../errors.js';
import type { HookEvent } from '../hooks/hook-event.js';
import { OwnAddress } from '../own-address.js';
import { CLIENT } from '../tokens.js';

/** A little less than the breaker's limit, so that a request that hangs is ended and not only given up. */
const timeoutMs = 900;

/** Asks the classifier, behind the breaker of what may be missing. */
export class ClassifierClient {
  constructor(
    @Inject(CLIENT) private readonly client: Client,
    @Inject(Breakers) private readonly breakers: Breakers,
    @Inject(OwnAddress) private readonly address: OwnAddress,
  ) {}

  async classify(event: HookEvent): Promise<string> {
    return this.client.trace('external_api', 'classify', () =>
      this.breakers.call('external_api_operations', () => this.#ask(event)),
    );
  }

  async #ask({ payload }: HookEvent): Promise<string> {
    const response = await fetch(`${await this.address.url()}/classifier`, {
      method: 'POST',
      headers: this.client.inject<Record<string, string>>({ 'content-type': 'application/json' }),
      body: JSON.stringify({ action: payload.action }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) {
      await response.body?.cancel(); // what nobody reads would hold its connection
      throw errors.CLASSIFIER_FAILED({ status: response.status });
    }
    return ((await response.json()) as { kind: string }).kind;
  }
}
