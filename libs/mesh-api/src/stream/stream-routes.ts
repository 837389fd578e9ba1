import { z } from 'zod';
import type { Route } from '../openapi/route.js';

export const streamQuery = z.strictObject({
  entity: z.string().min(1).max(256).optional().meta({
    description: 'Only what concerns this target or service. A service that shows its own token must name itself here.',
  }),
});

export const streamRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/api/v1/stream',
    summary:
      'What changes, as server-sent events: `health`, `target`, `alert`, `command`. First a `snapshot` of how everything is, or, with the header Last-Event-ID, what came since. Who reads too slowly hears `dropped` and gets a new `snapshot`. A comment every 15 s. The token of a service (api.tokensFolder) opens the commands for the service of its name.',
    role: 'viewer',
    query: streamQuery,
    answers: { 200: { description: 'The stream.', contentType: 'text/event-stream', schema: z.string() } },
  },
];
