import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis, unavailable } from '@omninode/local-services';
import type { RedisServer } from '@omninode/local-services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askRedis } from './testing/ask-redis.reader.js';
import { minimalAcl } from './minimal-acl.js';
import { watchCache } from './testing/watch-cache.js';

const soon = { timeout: 15_000, interval: 30 };

describe.skipIf(unavailable('redis'))('rediss://', () => {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-cache-tls-'));
  const file = (name: string) => join(folder, name);
  let server: RedisServer;
  let port: number;
  beforeAll(async () => {
    makeCertificates(file);
    port = await freePort();
    server = await startRedis({
      settings: {
        'tls-port': port,
        'tls-cert-file': file('server.crt'),
        'tls-key-file': file('server.key'),
        'tls-ca-cert-file': file('ca.crt'),
      },
    });
    await askRedis(server.url, 'ACL', 'SETUSER', 'watcher', 'on', '>p@ss/w0rd', ...minimalAcl.split(' '));
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  const url = () => `rediss://watcher:p%40ss%2Fw0rd@localhost:${port}`;
  const all = { caFile: file('ca.crt'), certFile: file('client.crt'), keyFile: file('client.key') };

  test('with the authority, our certificate and our login: every family is read', async () => {
    const watched = watchCache(url(), { target: { tls: all } });
    await expect.poll(() => watched.status('slowlog'), soon).toBe('ok');
    await watched.stop();
    expect(new Set(Object.values(watched.statuses()))).toEqual(new Set(['ok']));
    expect(watched.latest('omninode_collector_connections_opened_total')).toBe(1);
  });

  test.each([
    [
      'an authority that is not known',
      {},
      /TLS with localhost:\d+ could not be agreed on \(\w+\)\. Check the authority/,
    ],
    ['no certificate of ours where the server asks for one', { caFile: all.caFile }, /ended|TLS|ERR_SSL/],
    [
      'a file that is not there',
      { ...all, caFile: file('nowhere.crt') },
      /nowhere\.crt for TLS with localhost:\d+ can not be read \(ENOENT\)/,
    ],
  ])('%s: unreachable with the reason', async (_, tls, reason) => {
    const watched = watchCache(url(), { target: { tls } });
    await expect.poll(() => watched.status('memory'), soon).toBe('unreachable');
    expect(watched.reason('memory')).toMatch(reason);
    expect(watched.reason('memory')).not.toContain('w0rd');
    await watched.stop();
  });

  test('redis:// to a port that speaks TLS is told', async () => {
    const plain = watchCache(url().replace('rediss:', 'redis:'));
    await expect.poll(() => plain.status('memory'), soon).toBe('unreachable');
    expect(plain.reason('memory')).toMatch(/ended|does not speak/);
    await plain.stop();
  });
});

/** An authority, and certificates by it for the server and for a client. */
function makeCertificates(file: (name: string) => string): void {
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.crt'),
    '-days',
    '2',
    '-subj',
    '/CN=test',
  );
  writeFileSync(file('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  for (const name of ['server', 'client']) {
    openssl('req', ...newKey, '-keyout', file(`${name}.key`), '-out', file(`${name}.csr`), '-subj', '/CN=localhost');
    const signer = ['-CA', file('ca.crt'), '-CAkey', file('ca.key'), '-CAcreateserial', '-extfile', file('names')];
    openssl('x509', '-req', '-in', file(`${name}.csr`), '-days', '2', '-out', file(`${name}.crt`), ...signer);
  }
}

async function freePort(): Promise<number> {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  holder.close();
  await once(holder, 'close');
  return port;
}
