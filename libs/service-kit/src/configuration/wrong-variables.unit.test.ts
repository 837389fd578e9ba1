import { expect, test } from 'vitest';
import { mistakes } from '../testing/mistakes.js';

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
    'environment OMNINODE_REDIS_URL: targets[0].url is malformed: its host or port is not one; it must be of the form redis://host:6379, rediss:// for TLS, or https://host/path for the statistics of an application cache.',
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
