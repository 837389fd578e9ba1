import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { fetchArtifacts } from './maven-artifacts.js';
import type { PinnedArtifact } from './maven-artifacts.js';

let repository: Server;
let mavenRepository: string;
let asked: string[];
let logins: string[];
let folder: string;

/** A repository that has every artifact; its bytes are its path. */
beforeAll(async () => {
  repository = createServer((request, response) => {
    asked.push(request.url ?? '');
    logins.push(request.headers.authorization ?? 'none');
    response.end(request.url);
  }).listen(0, '127.0.0.1');
  await once(repository, 'listening');
  mavenRepository = `http://127.0.0.1:${(repository.address() as AddressInfo).port}/maven2/`;
});
afterAll(() => repository.close());
beforeEach(() => {
  asked = [];
  logins = [];
  folder = mkdtempSync(join(tmpdir(), 'omninode-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = (name: string) => `/maven2/org/example/${name}/1.0/${name}-1.0.jar`;
const pinned = (name: string, bytes = path(name)): PinnedArtifact => ({
  artifact: `org.example:${name}:1.0`,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

test('fetches what is missing, once', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `jar${index}`);
  await fetchArtifacts(
    folder,
    names.slice(0, 3).map((name) => pinned(name)),
    { mavenRepository },
  );
  expect(readFileSync(join(folder, 'jar2-1.0.jar'), 'utf8')).toBe(path('jar2'));
  asked = [];
  await fetchArtifacts(
    folder,
    names.map((name) => pinned(name)),
    { mavenRepository },
  );
  expect(asked.toSorted()).toEqual(names.slice(3).map(path).toSorted());
  expect(readdirSync(folder)).toHaveLength(20);
  asked = [];
  await fetchArtifacts(
    folder,
    names.map((name) => pinned(name)),
    { mavenRepository },
  );
  expect(asked).toEqual([]);
});

test('refuses bytes that are not the pinned ones, and keeps none of them', async () => {
  await expect(fetchArtifacts(folder, [pinned('jar', 'other bytes')], { mavenRepository })).rejects.toMatchObject({
    code: 'NOT_THE_PINNED_FILE',
    message: expect.stringContaining('org.example:jar:1.0') as string,
  });
  expect(readdirSync(folder)).toEqual([]);
});

test('can be cancelled', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(fetchArtifacts(folder, [pinned('jar')], { mavenRepository, signal })).rejects.toThrow('enough');
  expect(readdirSync(folder)).toEqual([]);
});

test('logs in where the address says so, and shows no password when it fails', async () => {
  const withLogin = mavenRepository.replace('http://', 'http://me:s%40cret@');
  await fetchArtifacts(folder, [pinned('jar')], { mavenRepository: withLogin });
  expect(logins).toEqual([`Basic ${Buffer.from('me:s@cret').toString('base64')}`]);

  const nobodyThere = 'http://me:s%40cret@127.0.0.1:2/maven2';
  const failure = await fetchArtifacts(folder, [pinned('other')], { mavenRepository: nobodyThere }).catch(
    (error: Error) => error,
  );
  expect(failure).toMatchObject({
    code: 'FETCH_FAILED',
    fields: { url: expect.stringMatching(/^http:\/\/127.0.0.1:2\//) as string },
  });
  expect(String(failure)).not.toMatch(/cret/);
});
