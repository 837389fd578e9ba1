import { z } from 'zod';
import { areaNames } from './areas.js';
import type { Route } from './openapi/route.js';

const page = { description: 'The page.', contentType: 'text/plain; version=0.0.4', schema: z.string() } as const;

export const metricsRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/metrics',
    summary:
      'The series of the partitions that this replica owns, for Prometheus; OpenMetrics with exemplars for those who ask.',
    role: 'viewer',
    answers: { 200: page },
  },
  {
    method: 'get',
    path: '/metrics/{area}',
    summary: 'The same page for one area.',
    role: 'viewer',
    parameters: z.object({
      area: z.string().meta({ description: `One of ${areaNames().join(', ')}; redis is another name of cache.` }),
    }),
    answers: { 200: page, 404: { description: 'There is no such area; the answer says which there are.' } },
  },
];
