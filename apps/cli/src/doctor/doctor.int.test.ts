import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka, startPostgres, startRedis, unavailable } from '@omninode/local-services';
import type { KafkaCluster, PostgresServer, RedisServer } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.js';

const password = 'hunter2-of-the-test';

describe('PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => void (server = await startPostgres({ authentication: { password } as never })));
  afterAll(() => server?.stop());

  test('all can be read with pg_monitor', async () => {
    const { code, stdout, stderr } = await runCli(['doctor', 'database', server.url('omninode')]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^family +status +what is missing +the fix$/m);
    expect(stdout).toMatch(/^connections +ok$/m);
    expect(stdout).toMatch(/All \d+ families can be read\.\n$/);
    expect(stdout).not.toContain(password);
  });

  test('what a role may not read is named with the statement that mends it', async () => {
    const { code, stdout } = await runCli(['doctor', 'database', server.url('plain'), '--json']);
    expect(code).toBe(1);
    const findings = JSON.parse(stdout) as { verdict: string; families: Record<string, unknown>[] };
    expect(findings).toMatchObject({
      kind: 'database',
      verdict: 'missing',
      address: `127.0.0.1:${server.port}/postgres`,
    });
    const statements = findings.families.find(({ family }) => family === 'statements');
    expect(statements).toMatchObject({ status: 'permission', fix: expect.stringContaining('GRANT') as string });
    expect(findings.families.find(({ family }) => family === 'connections')?.measurements).toBeGreaterThan(0);
  });

  test('a wrong password is no connection, and nobody reads it', async () => {
    const { code, stdout, stderr } = await runCli([
      'doctor',
      'database',
      server.url('omninode').replace(password, 'hunter3'),
    ]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/^all \d+ +auth_failed +PostgreSQL at \S+ refused the login of role omninode\. /m);
    expect(stdout).toContain('No connection to it could be made.');
    expect(stdout + stderr).not.toMatch(/hunter3|hunter2/);
  });

  test('the target comes from the environment, or a file that names several', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'omninode-cli-'));
    const [urlFile, config] = [join(folder, 'url'), join(folder, 'mesh.yaml')];
    writeFileSync(urlFile, server.url('omninode'));
    expect((await runCli(['doctor', 'postgres'], { OMNINODE_DATABASE_URL_FILE: urlFile })).code).toBe(0);
    writeFileSync(
      config,
      `targets:\n  - { id: orders, kind: database, urlFile: url }\n  - { id: gone, kind: database, url: 'postgres://127.0.0.1:1/x' }\n  - { id: other, kind: cache, url: 'redis://127.0.0.1:1' }\n`,
    );
    const both = await runCli(['doctor', 'database', '--config', config, '--json']);
    const told = both.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; verdict: string });
    expect(told.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['orders', 'ok'],
      ['gone', 'unreachable'],
    ]);
    expect(both.code).toBe(2);
    expect((await runCli(['doctor', 'database', '--target', 'orders'], { OMNINODE_CONFIG: config })).code).toBe(0);
    const unknown = await runCli(['doctor', 'database', '--config', config, '--target', 'order']);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean orders?') as string });
    rmSync(folder, { recursive: true });
  });
});

describe.skipIf(unavailable('redis'))('Redis', () => {
  let server: RedisServer;
  beforeAll(
    async () => void (server = await startRedis({ password, settings: { user: `poor on >${password} -@all +info` } })),
  );
  afterAll(() => server?.stop());

  test('all can be read by who may all', async () => {
    const { code, stdout } = await runCli(['doctor', 'redis', server.url]);
    expect(stdout).toMatch(/^slowlog +ok$/m);
    expect([code, stdout.includes(password)]).toEqual([0, false]);
  });

  test('a command that a user may not run is named', async () => {
    const { code, stdout } = await runCli(['doctor', 'redis', server.url.replace('//:', '//poor:')]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^slowlog +permission /m);
    expect(stdout).toContain('+slowlog|get');
    expect(stdout).toMatch(/^memory +ok$/m);
  });

  test('a server that is paused ends in time, not in silence', async () => {
    server.pause();
    const { code, stdout } = await runCli(['doctor', 'redis', server.url]);
    server.resume();
    expect(code).toBe(2);
    expect(stdout).toContain('No connection to it could be made.');
  });
});

describe.skipIf(unavailable('kafka'))('Kafka', () => {
  let kafka: KafkaCluster;
  beforeAll(async () => void (kafka = await startKafka()));
  afterAll(() => kafka?.stop());

  test('a cluster is looked at with all families', async () => {
    const { code, stdout } = await runCli(['doctor', 'kafka', kafka.brokers.join(',')]);
    expect(stdout).toMatch(/^consumer-groups +ok$/m);
    expect(code).toBe(0);
  });
});

describe('breakers', () => {
  let server: Server;
  let page = '';
  let url = '';
  beforeAll(async () => {
    server = createServer((_, response) => response.setHeader('content-type', 'text/plain; version=0.0.4').end(page));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  });
  afterAll(() => server.close());

  test('a page that tells of breakers', async () => {
    page =
      '# TYPE resilience4j_circuitbreaker_state gauge\nresilience4j_circuitbreaker_state{name="pay",state="closed"} 1\nresilience4j_circuitbreaker_state{name="pay",state="open"} 0\n';
    const { code, stdout } = await runCli(['doctor', 'breaker', url]);
    expect(stdout).toMatch(/^breakers +ok$/m);
    expect(code).toBe(0);
  });

  test('a page that tells of none', async () => {
    page = '# TYPE up gauge\nup 1\n';
    const { code, stdout } = await runCli(['doctor', 'breaker', url]);
    expect(stdout).not.toMatch(/^breakers +ok$/m);
    expect(code).toBe(1);
  });
});
