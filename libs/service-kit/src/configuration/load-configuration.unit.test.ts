import { expect, test } from 'vitest';
import { z } from 'zod';
import { describeConfiguration } from './describe-configuration.js';
import { duration } from './duration.js';
import { loadConfiguration } from './load-configuration.js';
import { secret } from './secret.js';
import { size } from './size.js';
import { brokerList } from './service-config.js';
import { configurationFile } from '../testing/configuration-file.js';

const sections = {
  cache: z.object({
    enabled: z.boolean().default(true).describe('Whether it is used.'),
    entries: z
      .number()
      .int()
      .min(1)
      .default(100)
      .describe('How many entries are kept.')
      .meta({ aliases: ['CACHE_ENTRIES'] }),
    memory: size({ min: '1MiB' }).prefault('64MiB').describe('How much it may hold.'),
    flushEvery: duration({ min: '1s', max: '5m' }).prefault('15s').describe('How often it is written.'),
    password: secret().optional().describe('What the server wants.'),
  }),
  collectors: {
    database: z.object({ queryLimit: z.number().min(0).default(0.5).describe('Share of the time.') }),
  },
  bus: z.object({ brokers: brokerList().optional().describe('Kafka brokers.') }),
};

const load = (
  given: { argv?: string[]; env?: Record<string, string>; yaml?: string; defaults?: Record<string, unknown> } = {},
) => {
  const env = { ...given.env, ...(given.yaml !== undefined && { OMNINODE_CONFIG: configurationFile(given.yaml) }) };
  return loadConfiguration({ sections, env, argv: given.argv ?? [], defaults: given.defaults ?? {} });
};

test('without anything, the defaults hold', () => {
  const { values } = load();
  expect(values.cache).toEqual({ enabled: true, entries: 100, memory: 67_108_864, flushEvery: 15_000 });
  expect(values.collectors.database.queryLimit).toBe(0.5);
  expect(values.http).toMatchObject({ port: 8080, host: '127.0.0.1' });
  expect(values.data.dir).toBe('.data');
  expect(values.shutdown.deadline).toBe(8_000);
  expect(values.targets).toEqual([]);
});

test('the types come from the schemas', () => {
  const { values } = load();
  const entries: number = values.cache.entries;
  const brokers: string[] | undefined = values.bus.brokers;
  // @ts-expect-error -- there is no such setting
  expect(values.cache.nothing).toBeUndefined();
  expect([entries, brokers]).toEqual([100, undefined]);
});

test('flags win over variables, variables over the file, the file over the service’s defaults, those over the schema’s', () => {
  const yaml = 'cache:\n  entries: 3\n';
  const defaults = { 'cache.entries': 2, 'http.port': 8081 };
  const env = { OMNINODE_CACHE_ENTRIES: '4' };
  const argv = ['--cache.entries=5'];
  const entries = (given: Parameters<typeof load>[0]) => load(given).values.cache.entries;
  expect([
    entries({}),
    entries({ defaults }),
    entries({ defaults, yaml }),
    entries({ defaults, yaml, env }),
    entries({ defaults, yaml, env, argv }),
  ]).toEqual([100, 2, 3, 4, 5]);
  expect(load({ defaults }).values.http.port).toBe(8081);
});

test('each value knows where it comes from, and no secret is printed', () => {
  const file = configurationFile(
    'cache:\n  entries: 3\n  password: hunter2\ntargets:\n  - id: orders-db\n    kind: database\n    url: postgres://app:hunter2@db/orders\n',
  );
  const loaded = loadConfiguration({
    sections,
    env: { OMNINODE_CACHE_FLUSH_EVERY: '90s', OMNINODE_REDIS_URL: 'redis://:hunter2@cache/0' },
    argv: ['--config', file, '--http.port', '0'],
  });
  const printed = describeConfiguration(loaded);
  expect(printed).not.toContain('hunter2');
  expect(printed.split('\n')).toEqual([
    'http.port = 0  (from flag --http.port)',
    'http.host = 127.0.0.1  (default)',
    'http.bodyLimit = 1MiB  (default)',
    'http.requestTimeout = 30s  (default)',
    'http.keepAliveTimeout = 5s  (default)',
    'log.level = info  (default)',
    'log.format is not set',
    'data.dir = .data  (default)',
    'shutdown.deadline = 8s  (default)',
    'shutdown.drainDelay = 0s  (default)',
    `targets[0] = database orders-db at db:5432/orders  (from ${file}:5:5)`,
    'targets[1] = cache cache-default at cache:6379/0  (from environment OMNINODE_REDIS_URL)',
    'cache.enabled = true  (default)',
    `cache.entries = 3  (from ${file}:2:3)`,
    'cache.memory = 64MiB  (default)',
    'cache.flushEvery = 90s  (from environment OMNINODE_CACHE_FLUSH_EVERY)',
    `cache.password = ***  (from ${file}:3:3)`,
    'collectors.database.queryLimit = 0.5  (default)',
    'bus.brokers is not set',
    '',
  ]);
});

test('a cache is a server of its own, or the statistics of an application', () => {
  const urls = ['redis://a', 'rediss://a:6380', 'http://a/cache', 'https://u:p@a/cache?of=x'];
  const yaml = `targets: [${urls.map((url, at) => `{ id: c${at}, kind: cache, url: "${url}" }`).join(', ')}]`;
  expect(load({ yaml }).values.targets.map(({ url }) => url.reveal())).toEqual(urls);
  expect(() => load({ yaml: 'targets: [{ id: a, kind: cache, url: "memcached://a" }]' })).toThrow(
    'begins with memcached://, which is not watched as kind cache; it must be of the form redis://host:6379, rediss:// for TLS, or https://host/path',
  );
});

test('the result is frozen all the way down', () => {
  const { values } = load({ yaml: 'targets:\n  - { id: a, kind: cache, url: "redis://a", labels: { team: shop } }\n' });
  expect(() => Object.assign(values.cache, { entries: 1 })).toThrow(TypeError);
  expect(() => Object.assign(values.targets[0]!.labels, { team: 'x' })).toThrow(TypeError);
  expect(() => (values.targets as unknown[]).push(1)).toThrow(TypeError);
});

test('a text is a list where the setting is one', () => {
  expect(load({ env: { OMNINODE_BUS_BROKERS: 'a:9092, b:9092' } }).values.bus.brokers).toEqual(['a:9092', 'b:9092']);
  expect(load({ yaml: 'bus: { brokers: ["a:9092"] }' }).values.bus.brokers).toEqual(['a:9092']);
});

test('a secret can be kept in a file, without its last line break', () => {
  const file = configurationFile('hunter2\n');
  expect(load({ env: { OMNINODE_CACHE_PASSWORD_FILE: file } }).values.cache.password?.reveal()).toBe('hunter2');
  expect(load({ yaml: `cache: { passwordFile: ${file} }` }).values.cache.password?.reveal()).toBe('hunter2');
  expect(
    load({
      yaml: `targets: [{ id: a, kind: database, urlFile: ${configurationFile('postgres://u:p@h/d')} }]`,
    }).values.targets[0]!.url.reveal(),
  ).toBe('postgres://u:p@h/d');
  expect(
    load({
      env: { OMNINODE_DATABASE_URL_FILE: configurationFile('postgres://u:p@h/d\n') },
    }).values.targets[0]!.url.reveal(),
  ).toBe('postgres://u:p@h/d');
});

test('any other value can, too', () => {
  expect(load({ env: { OMNINODE_HTTP_PORT_FILE: configurationFile('8099\n') } }).values.http.port).toBe(8099);
});

test('a setting can have a second variable', () => {
  expect(load({ env: { CACHE_ENTRIES: '7' } }).values.cache.entries).toBe(7);
});

test('an empty variable counts as not set', () => {
  expect(load({ env: { OMNINODE_HTTP_PORT: '', OMNINODE_DATABASE_URL: '', OMNINODE_CONFIG: '' } }).values).toEqual(
    load().values,
  );
});

test('what belongs to other services is left alone', () => {
  const yaml =
    'alerts: [1]\ntuner: { mode: advise }\ncollectors:\n  kafka: { groups: all }\n  database: { queryLimit: 1 }\n';
  const env = { OMNINODE_TUNER_MODE: 'x', OMNINODE_COLLECTORS_KAFKA_GROUPS: 'x', OMNINODE_CACHE_DIR: '/var/cache' };
  expect(load({ yaml, env }).values.collectors.database.queryLimit).toBe(1);
});

test('variables that Kubernetes sets for a Service named omninode-… are no mistakes', () => {
  const env = {
    OMNINODE_AGGREGATOR_SERVICE_HOST: '10.0.0.1',
    OMNINODE_AGGREGATOR_SERVICE_PORT_HTTP: '8080',
    OMNINODE_AGGREGATOR_PORT: 'tcp://10.0.0.1:8080',
    OMNINODE_AGGREGATOR_PORT_8080_TCP_ADDR: '10.0.0.1',
  };
  expect(load({ env }).values).toEqual(load().values);
});

test('the extra keys of a kind are checked where its collector runs, and left alone elsewhere', () => {
  const yaml = 'targets: [{ id: a, kind: cache, url: "redis://a", password: hunter2, database: 3 }]';
  const env = { OMNINODE_CONFIG: configurationFile(yaml) };
  expect(loadConfiguration({ env }).values.targets[0]!.options).toEqual({});
  const targetOptions = {
    cache: z.object({
      database: z.number().int().default(0).describe('The number.'),
      password: secret().describe('Its password.'),
    }),
  };
  const { options } = loadConfiguration({ env, targetOptions }).values.targets[0]!;
  expect(options.database).toBe(3);
  expect(JSON.stringify(options)).toBe('{"database":3,"password":"***"}');
});

test('two settings with one variable are found at once', () => {
  const clash = {
    a: z.object({ bC: z.string().optional().describe('One.') }),
    aB: z.object({ c: z.string().optional().describe('Two.') }),
  };
  expect(() => loadConfiguration({ sections: clash, env: {} })).toThrow('OMNINODE_A_B_C also sets a.bC.');
});

test('a setting without a meaning is found at once', () => {
  expect(() => loadConfiguration({ sections: { a: z.object({ b: z.string().default('') }) }, env: {} })).toThrow(
    'wrong at a.b: it has no meaning',
  );
});
