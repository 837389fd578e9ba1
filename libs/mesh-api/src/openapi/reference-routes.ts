import { z } from 'zod';
import type { Route } from './route.js';

export const referenceRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/api',
    summary: 'These routes, as a page for people.',
    role: 'viewer',
    answers: { 200: { description: 'The page.', contentType: 'text/html', schema: z.string() } },
  },
  {
    method: 'get',
    path: '/api/v1/openapi.json',
    summary: 'This description, as OpenAPI 3.1.',
    role: 'viewer',
    answers: { 200: { description: 'The document.', schema: z.looseObject({ openapi: z.string() }) } },
  },
];
