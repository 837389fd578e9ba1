import { z } from 'zod';
import { isPublicPath } from '../access/public-paths.js';
import type { Answer, Role, Route } from './route.js';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** The OpenAPI 3.1 document of some routes. Same routes, same document: it is committed. */
export function openApiDocument(routes: readonly Route[]): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of [...routes].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)))
    (paths[route.path] ??= {})[route.method] = operation(route);
  return {
    openapi: '3.1.0',
    info: {
      title: 'OmniNode Mesh',
      version: '1',
      description:
        'What the mesh knows, and the little that can be changed. Times are RFC 3339 in UTC; null and absent mean that nobody knows, which is never 0.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, {}],
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'A token of a viewer or admin. None is asked for where api.access is open.',
        },
      },
      schemas: { Error: jsonSchema(errorAnswer, 'output') },
      responses: Object.fromEntries(
        Object.entries(refusals).map(([status, description]) => [
          `Refused${status}`,
          { description, content: { 'application/json': { schema: errorReference } } },
        ]),
      ),
    },
  };
}

/** What every refusal and failure is answered with. */
export const errorAnswer = z.object({
  error: z.object({
    code: z.string().meta({ description: 'The same for the same reason, for programs.' }),
    message: z.string().meta({ description: 'What, where and what to do, for people.' }),
  }),
});

const errorReference = { $ref: '#/components/schemas/Error' } as const;

const refusals = {
  400: 'A parameter can not be used; the answer names it.',
  401: 'Show a token.',
  403: 'The token has not the role that this takes, or the request may be forged.',
  429: 'Too many such requests are under way.',
  500: 'Something failed here; the log of the process says what.',
} as const;

function operation(route: Route): Json {
  const { summary, role, body, answers, method, path } = route;
  const parameters = [...parametersOf(route.parameters, 'path'), ...parametersOf(route.query, 'query')];
  const added = Object.keys(refusals).filter(
    (status) => !(Number(status) in answers) && applies(Number(status), route),
  );
  return {
    operationId: operationId(route),
    summary,
    description: accessText(path, role),
    tags: [tagOf(path)],
    ...(isPublicPath(path, true) && { security: [{}] }),
    ...(method !== 'get' && { 'x-changes': true }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body, 'input') } } },
    }),
    responses: Object.fromEntries([
      ...Object.entries(answers).map(([status, answer]) => [status, response(Number(status), answer)]),
      ...added.map((status) => [status, { $ref: `#/components/responses/Refused${status}` }]),
    ]),
  };
}

function accessText(path: string, role: Role): string {
  if (path === '/api/v1/measurements') return 'Takes a token that sends measurements, where one is configured.';
  return isPublicPath(path, true) ? 'Open to everybody unless configured otherwise.' : `Takes the role ${role}.`;
}

/** Without parameters nothing of a request can be wrong. */
function applies(status: number, { query, parameters, body, path }: Route): boolean {
  if (status === 400) return query !== undefined || parameters !== undefined || body !== undefined;
  return !isPublicPath(path, true) || status >= 429;
}

function response(status: number, { description, schema, contentType = 'application/json' }: Answer): Json {
  const content = schema ? jsonSchema(schema, 'output') : status >= 400 ? errorReference : undefined;
  return { description, ...(content && { content: { [contentType]: { schema: content } } }) };
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query'): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
    readonly properties?: Readonly<Record<string, JsonObject>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description !== undefined && { description }),
    schema: rest,
  }));
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
  });
  return rest as JsonObject;
}

/** `GET /api/v1/targets/{id}` → `getTargetsById`. */
function operationId({ method, path }: Route): string {
  const words = path
    .replace(/^\/api\/v1\//, '/')
    .replace(/\{(\w+)\}/g, 'by-$1')
    .split(/[^a-zA-Z0-9]+/)
    .filter(Boolean);
  return method + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
}

function tagOf(path: string): string {
  const [, first = '', , third = ''] = path.split('/');
  return first === 'api' && third ? third : first === 'api' ? 'reference' : first === 'metrics' ? 'metrics' : 'health';
}
