import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { CodedError } from '@omninode/contracts';
import { configurationFile } from '../testing/configuration-file.js';
import { brokerList } from './service-config.js';
import { duration } from './duration.js';
import { loadConfiguration } from './load-configuration.js';
import { secret } from './secret.js';
import { size } from './size.js';

const sections = {
  cache: z.object({
    enabled: z.boolean().default(true).describe('Whether it is used.'),
    entries: z.number().int().min(1).max(9).default(5).describe('How many entries are kept.'),
    ratio: z.number().default(0.5).describe('A share.'),
    memory: size({ min: '1MiB' }).prefault('64MiB').describe('How much it may hold.'),
    flushEvery: duration({ min: '1s', max: '5m' }).prefault('15s').describe('How often it is written.'),
    password: secret().optional().describe('What the server wants.'),
  }),
  bus: z.object({ brokers: brokerList().optional().describe('Kafka brokers.') }),
};

/** The lines that a person sees, with FILE for the configuration file. */
function mistakes(
  given: { env?: Record<string, string>; argv?: string[]; yaml?: string },
  wanted = sections as Record<string, z.ZodType>,
): string[] {
  const file = given.yaml === undefined ? undefined : configurationFile(given.yaml);
  try {
    loadConfiguration({
      sections: wanted,
      argv: given.argv ?? [],
      env: { ...given.env, ...(file && { OMNINODE_CONFIG: file }) },
      cwd: tmpdir(),
    });
  } catch (error) {
    const { code, phase, fields } = error as CodedError;
    expect([code, phase]).toEqual(['CONFIGURATION_INVALID', 'configuration']);
    return String(fields.problems)
      .replaceAll(file ?? 'FILE', 'FILE')
      .split('\n');
  }
  return [];
}

test.each([
  [
    { OMNINODE_HTTP_PORT: '80a' },
    'environment OMNINODE_HTTP_PORT: http.port is "80a"; it must be a whole number from 0 to 65535.',
  ],
  [
    { OMNINODE_HTTP_PORT: '0x50' },
    'environment OMNINODE_HTTP_PORT: http.port is "0x50"; it must be a whole number from 0 to 65535.',
  ],
  [
    { OMNINODE_HTTP_PORT: ' ' },
    'environment OMNINODE_HTTP_PORT: http.port is " "; it must be a whole number from 0 to 65535.',
  ],
  [
    { OMNINODE_HTTP_PORT: '1e3' },
    'environment OMNINODE_HTTP_PORT: http.port is "1e3"; it must be a whole number from 0 to 65535.',
  ],
  [
    { OMNINODE_HTTP_PORT: '8080.5' },
    'environment OMNINODE_HTTP_PORT: http.port is 8080.5; it must be a whole number from 0 to 65535.',
  ],
  [
    { OMNINODE_HTTP_PORT: '70000' },
    'environment OMNINODE_HTTP_PORT: http.port is 70000; it must be a whole number from 0 to 65535.',
  ],
  [
    { OMNINODE_HTTP_PORT: 'tcp://10.0.0.1:80' },
    'environment OMNINODE_HTTP_PORT: http.port is "tcp://10.0.0.1:80"; it must be a whole number from 0 to 65535.',
  ],
  [
    { OMNINODE_HTTP_PROT: '1' },
    'environment OMNINODE_HTTP_PROT: no setting has this variable. Did you mean OMNINODE_HTTP_PORT?',
  ],
  [
    { OMNINODE_REDIS_ULR: '1' },
    'environment OMNINODE_REDIS_ULR: no setting has this variable. Did you mean OMNINODE_REDIS_URL?',
  ],
  [
    { OMNINODE_WHATEVER_ELSE: '1' },
    'environment OMNINODE_WHATEVER_ELSE: no setting has this variable; unset it. --help lists all.',
  ],
  [
    { OMNINODE_CACHE_ENABLED: 'yes' },
    'environment OMNINODE_CACHE_ENABLED: cache.enabled is "yes"; it must be true or false.',
  ],
  [
    { OMNINODE_CACHE_ENABLED: '1' },
    'environment OMNINODE_CACHE_ENABLED: cache.enabled is "1"; it must be true or false.',
  ],
  [
    { OMNINODE_CACHE_ENABLED: 'False' },
    'environment OMNINODE_CACHE_ENABLED: cache.enabled is "False"; it must be true or false.',
  ],
  [{ OMNINODE_CACHE_RATIO: 'NaN' }, 'environment OMNINODE_CACHE_RATIO: cache.ratio is "NaN"; it must be a number.'],
  [
    { OMNINODE_CACHE_FLUSH_EVERY: '15' },
    'environment OMNINODE_CACHE_FLUSH_EVERY: cache.flushEvery is "15"; it must be a duration with its unit, such as 250ms, 15s or 5m, from 1s to 5m.',
  ],
  [
    { OMNINODE_CACHE_FLUSH_EVERY: '10m' },
    'environment OMNINODE_CACHE_FLUSH_EVERY: cache.flushEvery is "10m"; it must be a duration with its unit, such as 250ms, 15s or 5m, from 1s to 5m.',
  ],
  [
    { OMNINODE_CACHE_MEMORY: '256MB' },
    'environment OMNINODE_CACHE_MEMORY: cache.memory is "256MB"; it must be a size with its unit, such as 64KiB or 256MiB, from 1MiB.',
  ],
  [
    { OMNINODE_LOG_LEVEL: 'trace' },
    'environment OMNINODE_LOG_LEVEL: log.level is "trace"; it must be one of debug, info, warn, error, silent.',
  ],
  [
    { OMNINODE_BUS_BROKERS: 'kafka-1' },
    'environment OMNINODE_BUS_BROKERS: bus.brokers[0] is "kafka-1"; it must be host:port.',
  ],
  [
    { OMNINODE_HTTP_PORT: '1', OMNINODE_HTTP_PORT_FILE: '/x' },
    'environment OMNINODE_HTTP_PORT: OMNINODE_HTTP_PORT and OMNINODE_HTTP_PORT_FILE are both set; keep one.',
  ],
  [
    { OMNINODE_DATABASE_URL: 'postgres://h/d', OMNINODE_DATABASE_URL_FILE: '/x' },
    'environment OMNINODE_DATABASE_URL: OMNINODE_DATABASE_URL and OMNINODE_DATABASE_URL_FILE are both set; keep one.',
  ],
  [
    { OMNINODE_CACHE_PASSWORD_FILE: '/nowhere/secret' },
    'environment OMNINODE_CACHE_PASSWORD_FILE: the file /nowhere/secret cannot be read (ENOENT); name a file that this user can read.',
  ],
  [
    { OMNINODE_DATABASE_URL_FILE: '/dev/null' },
    'environment OMNINODE_DATABASE_URL_FILE: the file /dev/null is empty; write the value into it.',
  ],
  [
    { OMNINODE_CONFIG: '/nowhere/omninode.yaml' },
    '/nowhere/omninode.yaml: the configuration file cannot be read (ENOENT); name a file that this user can read.',
  ],
  [
    { OMNINODE_DATABASE_URL: 'orders' },
    'environment OMNINODE_DATABASE_URL: targets[0].url does not begin with postgres://; it must be of the form postgres://user:password@host:5432/database.',
  ],
  [
    { OMNINODE_DATABASE_URL: 'mysql://app:hunter2@h/d' },
    'environment OMNINODE_DATABASE_URL: targets[0].url begins with mysql://, which is not watched as kind database; it must be of the form postgres://user:password@host:5432/database.',
  ],
  [
    { OMNINODE_DATABASE_URL: 'postgres://app:hunter2#x@h/d' },
    'environment OMNINODE_DATABASE_URL: targets[0].url is malformed: write / ? # @ in a user or password as %2F %3F %23 %40; it must be of the form postgres://user:password@host:5432/database.',
  ],
  [
    { OMNINODE_DATABASE_URL: 'postgres://app:hunter2/x@h/d' },
    'environment OMNINODE_DATABASE_URL: targets[0].url is malformed: write / ? # @ in a user or password as %2F %3F %23 %40; it must be of the form postgres://user:password@host:5432/database.',
  ],
  [
    { OMNINODE_DATABASE_URL: 'postgres://app:hunter2%@h/d' },
    'environment OMNINODE_DATABASE_URL: targets[0].url is malformed: write % in a user or password as %25; it must be of the form postgres://user:password@host:5432/database.',
  ],
  [
    { OMNINODE_DATABASE_URL: 'postgres://app:hunter2@h:port/d' },
    'environment OMNINODE_DATABASE_URL: targets[0].url is malformed: its host or port is not one; it must be of the form postgres://user:password@host:5432/database.',
  ],
  [
    { OMNINODE_DATABASE_URL: 'postgres://app:hunter2@h/d x' },
    'environment OMNINODE_DATABASE_URL: targets[0].url holds a space or a line break; it must be of the form postgres://user:password@host:5432/database.',
  ],
  [
    { OMNINODE_REDIS_URL: 'redis://:hunter2@h:99999' },
    'environment OMNINODE_REDIS_URL: targets[0].url is malformed: its host or port is not one; it must be of the form redis://host:6379, or rediss:// for TLS.',
  ],
  [
    { OMNINODE_KAFKA_BROKERS: 'a:9092,,b' },
    'environment OMNINODE_KAFKA_BROKERS: targets[0].url is malformed: its host or port is not one; it must be of the form host:9092,host:9092, or kafka+ssl://host:9092 for TLS.',
  ],
] as [Record<string, string>, string][])('%j', (env, line) => {
  expect(mistakes({ env })).toEqual([line]);
});

test.each([
  [['--http.prot=1'], 'flag --http.prot: it is not a setting. Did you mean --http.port?'],
  [['--whatever', '1'], 'flag --whatever: it is not a setting; --help lists them.'],
  [['--http.port'], 'flag --http.port: it has no value; give it as --http.port=….'],
  [['--http.port='], 'flag --http.port: http.port is ""; it must be a whole number from 0 to 65535.'],
  [['--http.port=1', '--http.port=2'], 'flag --http.port: it is given twice; keep one.'],
  [
    ['--cache.password=hunter2'],
    'flag --cache.password: a secret on a command line can be read by every user of the machine; use OMNINODE_CACHE_PASSWORD_FILE.',
  ],
  [['8080'], 'command line: "8080" is not a flag; settings are given as --http.port=8080.'],
  [['--print-confg'], 'flag --print-confg: it is not a setting. Did you mean --print-config?'],
] as [string[], string][])('%j', (argv, line) => {
  expect(mistakes({ argv })).toEqual([line]);
});

test.each([
  ['http: { prot: 1 }', 'FILE:1:9: http.prot is not a setting. Did you mean http.port?'],
  ['htpp: {}', 'FILE:1:1: htpp is not a setting. Did you mean http?'],
  ['\n\nport: 8080', 'FILE:3:1: port is not a setting. Did you mean http.port?'],
  ['log: { colour: red }', 'FILE:1:8: log.colour is not a setting. Known here: level, format.'],
  ['cache: { pasword: x }', 'FILE:1:10: cache.pasword is not a setting. Did you mean cache.password?'],
  ['cache: { passwrdFile: x }', 'FILE:1:10: cache.passwrdFile is not a setting. Did you mean cache.passwordFile?'],
  ['http:\n  port: ""', 'FILE:2:3: http.port is ""; it must be a whole number from 0 to 65535.'],
  ['http:\n  port: "8080"', 'FILE:2:3: http.port is "8080"; it must be a whole number from 0 to 65535.'],
  ['http:\n  port:', 'FILE:2:3: http.port is empty; it must be a whole number from 0 to 65535.'],
  [
    'http: 8080',
    'FILE:1:1: http is 8080; it must be a group with the keys port, host, bodyLimit, requestTimeout, keepAliveTimeout.',
  ],
  ['cache: { enabled: yes }', 'FILE:1:10: cache.enabled is "yes"; it must be true or false.'],
  [
    'cache: { flushEvery: 15 }',
    'FILE:1:10: cache.flushEvery is 15; it must be a duration with its unit, such as 250ms, 15s or 5m, from 1s to 5m.',
  ],
  [
    'cache: { password: 12345 }',
    'FILE:1:10: cache.password holds something else; it must be text that is not empty, in quotes where YAML would read it as a number.',
  ],
  [
    'cache: { password: x, passwordFile: y }',
    'FILE:1:23: cache.password and cache.passwordFile are both set; keep one.',
  ],
  [
    'cache: { passwordFile: /nowhere }',
    'FILE:1:10: the file /nowhere cannot be read (ENOENT); name a file that this user can read.',
  ],
  ['cache: { passwordFile: 3 }', 'FILE:1:10: cache.passwordFile must name a file.'],
  [
    'bus: { brokers: a:9092 }',
    'FILE:1:8: bus.brokers is "a:9092"; it must be a list of host:port, such as kafka-1:9092,kafka-2:9092.',
  ],
  [
    'bus: { brokers: [] }',
    'FILE:1:8: bus.brokers is []; it must be a list of host:port, such as kafka-1:9092,kafka-2:9092.',
  ],
  ['collectors: { cahce: {} }', 'FILE:1:15: collectors.cahce is not a setting. Did you mean collectors.cache?'],
  [
    '__proto__: { polluted: true }',
    'FILE:1:1: __proto__ is not a setting. Known here: http, log, data, shutdown, targets, cache, bus.',
  ],
  [
    'a: [1',
    'FILE:1:6: this is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ].',
  ],
  ['http: {}\nhttp: {}', 'FILE:2:1: this is no YAML: Map keys must be unique.'],
  [
    '- 1\n- 2',
    'FILE:1:1: the file holds a list; it must be groups of settings, such as "http:" with "port: 8080" below it.',
  ],
  [
    'hello',
    'FILE:1:1: the file holds a text; it must be groups of settings, such as "http:" with "port: 8080" below it.',
  ],
  [
    'targets: {}',
    'FILE:1:1: targets is a group of keys; it must be a list, each element a group whose kind is one of database, kafka, cache, breaker.',
  ],
  [
    'targets: [x]',
    'FILE:1:11: targets[0] is "x"; it must be a group whose kind is one of database, kafka, cache, breaker.',
  ],
  [
    'targets: [{ id: a, url: "redis://a" }]',
    'FILE:1:11: targets[0].kind is missing; it must be one of database, kafka, cache, breaker.',
  ],
  [
    'targets: [{ id: a, kind: cahce, url: "redis://a" }]',
    'FILE:1:20: targets[0].kind is "cahce"; it must be one of database, kafka, cache, breaker.',
  ],
  [
    'targets: [{ id: a, kind: cache }]',
    'FILE:1:11: targets[0].url is missing; it must be text that is not empty, in quotes where YAML would read it as a number.',
  ],
  [
    'targets: [{ kind: cache, url: "redis://a" }]',
    'FILE:1:11: targets[0].id is missing; it must be 1 to 63 characters a-z, 0-9, ".", "_" or "-", beginning with a letter or a digit.',
  ],
  [
    'targets: [{ id: Orders DB, kind: cache, url: "redis://a" }]',
    'FILE:1:13: targets[0].id is "Orders DB"; it must be 1 to 63 characters a-z, 0-9, ".", "_" or "-", beginning with a letter or a digit.',
  ],
  [
    'targets:\n  - { id: a, kind: cache, url: "redis://a" }\n  - { id: a, kind: cache, url: "redis://b" }',
    'FILE:3:7: targets[1].id "a" is the id of two targets; give each its own.',
  ],
  [
    'targets: [{ id: a, kind: cache, url: "redis://a", labels: { job: x } }]',
    'FILE:1:61: targets[0].labels.job has a name that is not allowed; targets[0].labels must be names of a-z, 0-9 and _ (not target, job, instance, le, service_name, service_instance), each with a text of 1 to 128 characters.',
  ],
  [
    'targets: [{ id: a, kind: cache, url: "redis://a", labels: { shard: 3 } }]',
    'FILE:1:61: targets[0].labels.shard is 3; it must be text of 1 to 128 characters, in quotes where YAML would read it as a number.',
  ],
])('%s', (yaml, line) => {
  expect(mistakes({ yaml })).toEqual([line]);
});

test('what must be set and is not says how to set it', () => {
  const required = {
    store: z.object({ url: secret().describe('Where it is.'), size: z.number().describe('How large.') }),
  };
  expect(mistakes({}, required)).toEqual([
    'store.url: nothing sets it; set OMNINODE_STORE_URL or OMNINODE_STORE_URL_FILE, or write it in the configuration file. It must be text that is not empty, in quotes where YAML would read it as a number.',
    'store.size: nothing sets it; set OMNINODE_STORE_SIZE, or write it in the configuration file. It must be a number.',
  ]);
});

test('a target of the environment and one of the file can’t have the same id', () => {
  const yaml = 'targets: [{ id: cache-default, kind: cache, url: "redis://a" }]';
  expect(mistakes({ yaml, env: { OMNINODE_REDIS_URL: 'redis://b' } })).toEqual([
    'environment OMNINODE_REDIS_URL: targets[1].id "cache-default" is the id of two targets; give each its own.',
  ]);
});

test('all mistakes are told at once', () => {
  const env = { OMNINODE_HTTP_PORT: 'x', OMNINODE_LOG_LEVL: 'info', OMNINODE_REDIS_URL: 'redis//h' };
  expect(
    mistakes({ env, argv: ['--data.dri=x'], yaml: 'cache: { entries: 10, enabled: 1, colour: red }' }),
  ).toHaveLength(7);
});

test('aliases that unfold to a flood are refused', () => {
  const yaml = `a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [${'*a, '.repeat(10)}]\nc: &c [${'*b, '.repeat(10)}]\nd: [${'*c, '.repeat(10)}]`;
  expect(mistakes({ yaml })[0]).toBe('FILE: its aliases unfold to too much (ReferenceError); write the values out.');
});

test('no wrong input shows a secret', () => {
  const told = [
    mistakes({ env: { OMNINODE_DATABASE_URL: 'postgres//app:hunter2@h/d' } }),
    mistakes({ env: { OMNINODE_REDIS_URL: 'hunter2' } }),
    mistakes({ yaml: 'targets: [{ id: a, kind: database, url: { password: hunter2 } }]' }),
    mistakes({ yaml: 'targets: [{ id: a, kind: database, url: [hunter2] }]' }),
    mistakes({ yaml: 'targets: { url: "postgres://app:hunter2@h/d" }' }),
    mistakes({ yaml: 'cache: { password: [hunter2] }' }),
    mistakes({ yaml: 'cache:\n  password: "hunter2\n' }),
    mistakes({ argv: ['--cache.password', 'hunter2'] }),
    mistakes({ argv: ['postgres://app:hunter2@h/d'] }),
    mistakes({ argv: ['--postgres://app:hunter2@h/d'] }),
    mistakes({ argv: ['--database.url=postgres://app:hunter2@h/d'] }),
    mistakes({ env: { OMNINODE_DATABASE_ULR: 'postgres://app:hunter2@h/d' } }),
  ];
  expect(told.every((lines) => lines.length > 0)).toBe(true);
  expect(told.flat().join('\n')).not.toContain('hunter2');
});
