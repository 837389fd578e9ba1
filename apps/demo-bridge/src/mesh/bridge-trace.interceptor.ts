import { Inject } from '@nestjs/common';
import type { Client } from '@omninode/client';
import { TraceInterceptor } from '@omninode/client/nest';
import { CLIENT } from '../tokens.js';

/** Requests of the receiver. What collectors and orchestrators ask for is none. */
export class HookTrace extends TraceInterceptor {
  constructor(@Inject(CLIENT) client: Client) {
    super(client, { component: 'hook_receiver' });
  }
}

/** Requests of the dependency, which is a service of its own in all but its process. */
export class ClassifierTrace extends TraceInterceptor {
  constructor(@Inject(CLIENT) client: Client) {
    super(client, { component: 'classifier' });
  }
}
