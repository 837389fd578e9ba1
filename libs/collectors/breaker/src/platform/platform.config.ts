import { duration } from '@omninode/service-kit';
import { z } from 'zod';

/** What the reader of the platform's own breaker events can be told: section `collectors.breaker.platform`. */
export const platformConfig = z
  .object({
    enabled: z
      .boolean()
      .default(true)
      .describe(
        "Whether the platform's breaker events are read from the bus. Without the topic there is nothing to read.",
      ),
    topic: z
      .string()
      .regex(/^[a-zA-Z0-9._-]{1,249}$/)
      .default('onex.evt.omnibase-infra.circuit-breaker.v1')
      .describe("The topic of the platform's breaker events."),
    interval: duration({ min: '1s', max: '2m' })
      .prefault('10s')
      .describe('How often what is known of the breakers is published, whether there are events or not.'),
    believeFor: duration({ min: '1m', max: '365d' })
      .prefault('1d')
      .describe(
        'How long a breaker counts as being in the state that its latest event told. Then its state is unknown.',
      ),
  })
  .prefault({});

export type PlatformConfig = z.infer<typeof platformConfig>;
