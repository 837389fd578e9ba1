import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requestEvents, requestMetrics, type Bus } from '@omninode/contracts';
import { unavailable } from '@omninode/local-services';
import { everyRoute, openApiDocument, type Route } from '@omninode/mesh-api';
import { openKafkaBus } from '@omninode/transport-kafka';
import type { MeshProcess } from '@omninode/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAlertSink, type AlertSink } from './testing/alert-sink.js';
import { listen } from './testing/event-stream.js';
import { askFully, comparable, misfit } from './testing/every-answer.js';
import { fever, feverConfiguration, feverMetric } from './testing/fever.js';
import { startMeshOnKafka, topics, type MeshOnKafka } from './testing/mesh-on-kafka.js';
import { untilShared } from './testing/proof.js';

const adminToken = 'a-token-that-only-this-test-knows';
const hosts = Array.from({ length: 12 }, (_, nth) => `host-${nth}`);

/** What a replica says of itself, or of the partitions that it owns. */
const ofTheReplica = new Set(['/livez', '/readyz', '/metrics', '/metrics/{area}', '/api/v1/series', '/api/v1/stream']);
const gets = everyRoute.filter(({ method }) => method === 'get');

describe.skipIf(unavailable('kafka'))('three aggregators on Kafka, any of which is asked', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-api-on-kafka-'));
  let sink: AlertSink;
  let mesh: MeshOnKafka;
  let bus: Bus;
  beforeAll(async () => {
    sink = await startAlertSink();
    writeFileSync(join(folder, 'admin-token'), adminToken, { mode: 0o600 });
    const env = {
      OMNINODE_CONFIG: feverConfiguration(folder, sink.url),
      OMNINODE_API_ADMIN_TOKEN_FILE: join(folder, 'admin-token'),
      OMNINODE_API_ACCESS: 'open',
    };
    mesh = await startMeshOnKafka({ aggregators: 3, entities: 12, env });
    bus = openKafkaBus({ connection: { brokers: mesh.kafka.brokers, clientId: 'fever' }, topics, partitions: 12 });
  }, 60_000);
  afterAll(async () => {
    await bus?.close();
    await mesh?.end();
    await sink?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a stream of any replica hears the alerts that others judge, and goes on where it was', async () => {
    await untilShared(mesh, [4, 4, 4]);
    const [first] = mesh.aggregators as [MeshProcess];
    const before = await listen(first);
    const alertsIn = ({ heard }: typeof before) =>
      heard.flatMap(({ event, data }) => (event === 'alert' ? [data as AlertNews] : []));
    await expect.poll(() => before.heard.length).toBeGreaterThan(0);
    const lastId = before.heard.at(-1)!.id;
    await bus.publish(hosts.map((target) => fever(target, 1)));
    const firing = ({ labels, state }: AlertNews) => (state === 'firing' && labels.target ? [labels.target] : []);
    await expect
      .poll(() => alertsIn(before).flatMap(firing).toSorted(), { timeout: 10_000, interval: 100 })
      .toEqual(hosts.toSorted());
    before.close();
    const again = await listen(first, lastId);
    await expect
      .poll(() => alertsIn(again).flatMap(firing).toSorted(), { timeout: 5_000, interval: 100 })
      .toEqual(hosts.toSorted());
    expect(again.heard.map(({ event }) => event)).not.toContain('snapshot');
    again.close();
  });

  test('a silence that is made on one replica is known to all within two seconds, and mutes whoever sends', async () => {
    await expect.poll(() => sink.told().length, { timeout: 10_000 }).toBe(hosts.length);
    const [first, ...others] = mesh.aggregators as [MeshProcess, ...MeshProcess[]];
    const body = {
      matchers: ['alertname=Fever', 'target=silent'],
      ends_at: new Date(Date.now() + 600_000).toISOString(),
      created_by: 'test',
      comment: 'Expected.',
    };
    const made = await askFully(first, '/api/v1/silences', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
      body: JSON.stringify(body),
    });
    expect(made.status).toBe(201);
    const { id } = JSON.parse(made.body) as { id: string };
    const knows = async (replica: MeshProcess) => (await askFully(replica, '/api/v1/silences')).body.includes(id);
    for (const replica of others) await expect.poll(() => knows(replica), { timeout: 2_000, interval: 50 }).toBe(true);

    await bus.publish(['silent', 'loud'].map((target) => fever(target, 1)));
    await expect.poll(() => sink.told().map(({ target }) => target), { timeout: 10_000 }).toContain('loud');
    expect(sink.told().map(({ target }) => target)).not.toContain('silent');
  });

  test('every route is served, answers what it says, and says the same of the mesh on each replica', async () => {
    slowOperation(mesh);
    await mesh.load.finish();
    const [first] = mesh.aggregators as [MeshProcess];
    const described = await askFully(first, '/api/v1/openapi.json');
    expect(JSON.parse(described.body)).toEqual(JSON.parse(JSON.stringify(openApiDocument(everyRoute))));
    const fingerprint = await anAlert(first);
    const wrong: string[] = [];
    for (const route of gets) {
      if (route.path === '/api/v1/stream') continue;
      const path = pathOf(route, fingerprint);
      for (const replica of mesh.aggregators) {
        const problem = misfit(route, await askFully(replica, path));
        if (problem) wrong.push(problem);
      }
    }
    expect(wrong).toEqual([]);
    const differing: string[] = [];
    for (const route of gets.filter(({ path }) => !ofTheReplica.has(path))) {
      const path = pathOf(route, fingerprint);
      const answers = async () => {
        const all = await Promise.all(mesh.aggregators.map((replica) => askFully(replica, path)));
        return all.map((answer) => JSON.stringify(comparable(answer, ownKeys(route))));
      };
      const isSame = async () => new Set(await answers()).size === 1;
      await expect
        .poll(isSame, { timeout: 5_000, interval: 250 })
        .toBe(true)
        .catch(async () => {
          differing.push(...new Set(await answers()));
        });
    }
    expect(differing).toEqual([]);
  });

  test('the events of a target are with one replica, and the others name it', async () => {
    const all = await Promise.all(mesh.aggregators.map((replica) => askFully(replica, '/api/v1/targets/load-0')));
    const answers = all.map(({ body }) => JSON.parse(body) as TargetEvents);
    expect(answers.filter(({ events }) => events !== null).map(({ events_with: other }) => other)).toEqual([null]);
    const [one, two] = answers.filter(({ events }) => events === null);
    expect(one?.events_with?.owner).toMatch(/^aggregator\//);
    expect(two).toEqual(one);
  });

  test('what only the owner of a partition knows says whose partitions are missing', async () => {
    const seen = await Promise.all(
      mesh.aggregators.map(async (replica) => {
        const { body } = await askFully(replica, `/api/v1/series?name=${feverMetric}&limit=1000`);
        const { series, covered } = JSON.parse(body) as SeriesPage;
        expect([covered.partitions.length, covered.elsewhere.length]).toEqual([4, 8]);
        return series.map(({ labels }) => labels.target);
      }),
    );
    expect(seen.flat().toSorted()).toEqual([...hosts, 'loud', 'silent'].toSorted());
  });
});

interface AlertNews {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: string;
}

interface TargetEvents {
  readonly events: readonly unknown[] | null;
  readonly events_with: { readonly owner: string } | null;
}

interface SeriesPage {
  readonly series: readonly { readonly labels: { readonly target: string } }[];
  readonly covered: { readonly partitions: readonly unknown[]; readonly elsewhere: readonly unknown[] };
}

/** What only the owner of a partition knows, where the others say who that is; and what a replica says of itself. */
const ownParts: Readonly<Record<string, RegExp>> = {
  '/api/v1/targets/{id}': /^events/,
  '/api/v1/partitions': /^is_here$/,
  // How long this replica has watched, which the reasons in `absent` name too.
  '/api/v1/dashboard': /^(uptime_seconds|window_seconds|absent)$/,
  '/api/v1/rules': /^(loaded|read)_at$/,
  // A part that the owner knows from the event itself, others know from the rollup.
  '/api/v1/requests/{id}': /^(covered|source)$/,
  '/api/v1/alerts/{fingerprint}/explain':
    /^(note|condition|value|judged_at|active_since|signal|windows|levels|missing|rule)$/,
};

function ownKeys({ path }: Route): (key: string) => boolean {
  return (key) => ownParts[path]?.test(key) ?? false;
}

function pathOf({ path }: Route, fingerprint: string): string {
  const id = path.includes('/requests/') ? 'request-of-the-test' : 'load-0';
  const values: Readonly<Record<string, string>> = { fingerprint, id, rule: 'Fever', area: 'kafka' };
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name]!);
  return path.endsWith('/baselines') ? `${filled}?series=api/read` : filled;
}

async function anAlert(replica: MeshProcess): Promise<string> {
  const { alerts } = JSON.parse((await askFully(replica, '/api/v1/alerts?name=Fever')).body) as {
    alerts: { fingerprint: string }[];
  };
  return alerts[0]!.fingerprint;
}

/** A service tells of one slow request. */
function slowOperation({ load }: MeshOnKafka): void {
  const writer = load.publisher.open({
    producer: 'shop/1',
    entity: 'shop',
    incarnation: Date.now(),
    labels: { service_name: 'shop' },
  });
  const labels = ['api', 'read', 'success'];
  const total = writer.series('omninode_requests_total', requestMetrics.omninode_requests_total, labels);
  const name = 'omninode_request_duration_seconds';
  const duration = writer.series(name, requestMetrics[name], labels);
  const nowMs = Date.now();
  for (const series of [total, duration]) writer.startedAt(series, nowMs - 60_000);
  writer.point(total, 1);
  writer.exponential(duration, { scale: 3, zeroCount: 0, sum: 2, offset: 8, counts: [1] });
  const attributes = {
    component: 'api',
    operation: 'read',
    status: 'success',
    duration_seconds: 2,
    threshold_seconds: 1,
    request_id: 'request-of-the-test',
  };
  const event: keyof typeof requestEvents = 'omninode.slow_operation';
  writer.event({ name: event, timeMs: nowMs, attributes });
  writer.publish(nowMs);
}
