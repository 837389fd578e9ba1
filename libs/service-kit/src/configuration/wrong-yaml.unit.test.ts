import { expect, test } from 'vitest';
import { mistakes } from '../testing/mistakes.js';

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
