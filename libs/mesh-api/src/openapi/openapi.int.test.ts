import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RouteTable } from '../access/route-table.js';
import { apiRoutes } from '../api-routes.js';
import { everyRoute } from '../every-route.js';
import { sampleNowMs, startApi, statusOf, type ApiService } from '../testing/api-service.js';
import { openApiDocument, type JsonObject } from './document.js';

let api: ApiService;
beforeAll(async () => {
  api = await startApi();
  const { view } = api;
  const metric = (name: string, kind: 'gauge' | 'counter' | 'exponential', labelNames: string[]) => ({
    name,
    kind,
    unit: '',
    help: 'Help.',
    labelNames,
    bounds: [],
  });
  const labels = ['component', 'operation', 'status', 'service_name'];
  view.take({
    entity: 'shop',
    producer: 'shop/1',
    dictionary: {
      from: 0,
      metrics: [
        metric('omninode_requests_total', 'counter', labels),
        metric('omninode_request_duration_seconds', 'exponential', labels),
        metric('omninode_circuit_breaker_status', 'gauge', ['component', 'criticality', 'state', 'service_name']),
      ],
      series: [
        [0, ['api', 'read', 'success', 'shop']],
        [1, ['api', 'read', 'success', 'shop']],
        [2, ['pay', 'high', 'open', 'shop']],
      ],
    },
    data: {
      known: 3,
      indexes: [0, 2],
      values: [20, 1],
      timeOffsetsMs: null,
      starts: [],
      exponentials: [
        [
          1,
          {
            scale: 3,
            zeroCount: 0,
            sum: 3,
            offset: -20,
            counts: [10, 10],
          },
        ],
      ],
    },
  });
  view.take(statusOf(view, 'unreachable', 'No answer.'));
  view.others = [{ ...view.summaries()[0]!, partition: 1, owner: 'aggregator/two', targets: [], breakers: [] }];
  view.currentAlerts = [
    {
      v: 1,
      fingerprint: '00112233445566aa',
      name: 'PoolFull',
      state: 'firing',
      severity: 'critical',
      labels: { target: 'orders' },
      annotations: { runbook_url: 'https://runbooks.example' },
      startsAt: sampleNowMs,
      ruleVersion: '1',
      time: sampleNowMs,
    },
  ];
});
afterAll(() => api.service.stop());

test('what is described is served, and what is served is described', () => {
  const table = api.service.app.get(RouteTable, { strict: false });
  expect({ undescribed: table.undescribed(), unserved: table.unserved() }).toEqual({ undescribed: [], unserved: [] });
});

describe('the document of the whole API', () => {
  const document = openApiDocument(everyRoute);

  test('describes each route once, each operation by a name of its own, and each parameter', () => {
    const operations = Object.values(document.paths as unknown as Record<string, Record<string, Operation>>).flatMap(
      (path) => Object.values(path),
    );
    expect(operations).toHaveLength(everyRoute.length);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { parameters = [] } of operations)
      for (const { name, description } of parameters) expect([name, description]).not.toContain(undefined);
  });

  test('its examples fit their schemas', () => {
    const ajv = ajvOf();
    const examples = [...examplesIn(document)];
    for (const [schema, example] of examples) expect([example, ajv.validate(schema, example)]).toEqual([example, true]);
    expect(examples.length).toBeGreaterThan(3);
  });
});

describe('the document of the core', () => {
  const document = openApiDocument(apiRoutes);

  test('is what is served', async () => {
    expect(await (await fetch(`${api.url}/api/v1/openapi.json`)).json()).toEqual(document);
  });

  test.each([
    ['/health', '/health'],
    ['/health?scale=platform', '/health'],
    ['/livez', '/livez'],
    ['/readyz?verbose', '/readyz'],
    ['/api/v1/targets', '/api/v1/targets'],
    ['/api/v1/targets/orders', '/api/v1/targets/{id}'],
    ['/api/v1/series', '/api/v1/series'],
    ['/api/v1/series?limit=1', '/api/v1/series'],
    ['/api/v1/partitions', '/api/v1/partitions'],
    ['/api/v1/ledger', '/api/v1/ledger'],
    ['/api/v1/dashboard', '/api/v1/dashboard'],
    ['/api/v1/targets/nobody', '/api/v1/targets/{id}'],
    ['/metrics/nothing', '/metrics/{area}'],
    ['/api/v1/series?limit=x', '/api/v1/series'],
  ])('%s answers what it says', async (path, described) => {
    const answer = await fetch(api.url + path);
    const schema = schemaOf(document, described, answer.status);
    const ajv = ajvOf();
    const fits = ajv.validate(schema, await answer.json());
    expect([fits, ajv.errors]).toEqual([true, null]);
  });
});

test('the page for people lists every route, and nothing of it comes from elsewhere', async () => {
  const answer = await fetch(`${api.url}/api`);
  const html = await answer.text();
  for (const { path } of apiRoutes) expect(html).toContain(`<code>${path}</code>`);
  expect(html).not.toMatch(/<script|src=|https?:/);
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; style-src 'sha256-");
});

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly description?: string }[];
}

function ajvOf(): Ajv2020 {
  return new Ajv2020({ strict: false, formats: { 'date-time': (text: string) => !Number.isNaN(Date.parse(text)) } });
}

function schemaOf(document: JsonObject, path: string, status: number): JsonObject {
  const responses = (document.paths as Record<string, { get: { responses: Record<string, JsonObject> } }>)[path]!.get
    .responses;
  const { components } = document as {
    components: { responses: Record<string, JsonObject>; schemas: { Error: JsonObject } };
  };
  const found = responses[status]!;
  const response = '$ref' in found ? components.responses[String(found.$ref).split('/').at(-1)!]! : found;
  const { schema } = (response.content as Record<string, { schema: JsonObject }>)['application/json']!;
  return '$ref' in schema ? components.schemas.Error : schema;
}

function* examplesIn(value: unknown): Generator<[schema: JsonObject, example: unknown]> {
  if (typeof value !== 'object' || value === null) return;
  const { examples } = value as { examples?: unknown };
  if (Array.isArray(examples)) for (const example of examples) yield [value as JsonObject, example];
  for (const part of Object.values(value)) yield* examplesIn(part);
}
