import { rowsRecord } from '@omninode/contracts';
import { z } from 'zod';
import type { Route } from '../openapi/route.js';

const error = z.object({ code: z.string(), message: z.string() });

/** Guarded by tokens of its own: see `Gate`. */
export const intakeRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/api/v1/measurements',
    summary:
      'Takes measurements for services without Kafka: all of a request or nothing of it. Also in columns, or several records at once: see the how-to.',
    role: 'viewer',
    body: z.union([rowsRecord, z.array(rowsRecord)]),
    answers: {
      202: { description: 'The bus has acknowledged them.', schema: z.object({ accepted: z.number().int() }) },
      400: {
        description: 'Mistakes were found, and nothing was taken.',
        schema: z.object({ error, records: z.array(z.looseObject({ index: z.number() })).optional() }),
      },
      413: { description: 'Too large.' },
      415: { description: 'Of a media type that is not taken.' },
      503: { description: 'The bus does not answer: send it again later.' },
    },
  },
];
