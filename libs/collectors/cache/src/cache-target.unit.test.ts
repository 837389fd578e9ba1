import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@omninode/service-kit';
import type { Target } from '@omninode/service-kit';
import { describe, expect, test } from 'vitest';
import { readAnnouncedTarget } from './announced-target.js';
import { cacheTargetOptions, cacheTargets, placeOf } from './cache-target.js';

test('caches are taken from the configured targets, with or without options of their own', () => {
  const url = new Secret('rediss://cache');
  const target = { id: 'a', url, labels: { site: 'ams' }, options: {} };
  const options = cacheTargetOptions.parse({ cache: 'workflow_cache', token: 't0ken', caFile: '/ca.crt' });
  const targets: Target[] = [
    { ...target, kind: 'cache' },
    { ...target, kind: 'database' },
    { ...target, kind: 'cache', options },
  ];
  expect(cacheTargets(targets)).toEqual([
    { id: 'a', url, labels: { site: 'ams' }, cache: 'application', token: undefined, tls: {} },
    {
      id: 'a',
      url,
      labels: { site: 'ams' },
      cache: 'workflow_cache',
      token: options.token,
      tls: { caFile: '/ca.crt' },
    },
  ]);
  expect(JSON.stringify(cacheTargets(targets))).not.toContain('t0ken');
});

test('what is said of an address holds no secret', () => {
  expect(placeOf({ url: new Secret('redis://me%40x:s3cret@cache/2') })).toEqual({ place: 'cache:6379', user: 'me@x' });
  expect(placeOf({ url: new Secret('https://u:s3cret@host/T0KEN?x=y') })).toEqual({ place: 'host:443', user: 'u' });
  expect(placeOf({ url: new Secret('redis://cache') }).user).toBe('default');
});

describe('an announced target', () => {
  const announced = { v: 1 as const, id: 'sessions', kind: 'cache', time: 0 };

  test('takes its secrets out of the folder by name', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'omninode-cache-secrets-'));
    await writeFile(join(folder, 'pw'), 'p@ss/w0rd\n');
    await writeFile(join(folder, 'token'), 't0ken\n');
    for (const secret of ['pw', 'token']) await writeFile(join(folder, `${secret}.hosts`), 'cache:6380\n');
    const secrets = { password: 'pw', token: 'token', ca: 'ca.crt' };
    const target = await readAnnouncedTarget({ ...announced, address: 'rediss://me@cache:6380', secrets }, folder);
    expect(target.url.reveal()).toBe('rediss://me:p%40ss%2Fw0rd@cache:6380');
    expect(target.token?.reveal()).toBe('t0ken');
    expect(target.tls).toEqual({ caFile: join(folder, 'ca.crt') });
    await rm(folder, { recursive: true });
  });

  test.each(['postgres://cache/x', 'cache:6379', 'redis://', 'https:///path'])('at %s is none', async (address) => {
    await expect(readAnnouncedTarget({ ...announced, address }, undefined)).rejects.toMatchObject({
      code: 'TARGET_URL_INVALID',
    });
  });

  test('with a secret needs a folder of secrets', async () => {
    for (const secrets of [{ password: 'pw' }, { ca: 'ca' }] as Record<string, string>[]) {
      const target = { ...announced, address: 'redis://cache', secrets };
      await expect(readAnnouncedTarget(target, undefined)).rejects.toMatchObject({ code: 'SECRETS_NOT_CONFIGURED' });
    }
  });
});
