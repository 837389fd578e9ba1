import { expect, test } from 'vitest';
import { flag, readInfo, scaled, unlessNegative, unlessZero } from './info.js';
import { infoSections, mayHaveBeenReset, roleOf, serverStartMs, serverVersion } from './server-run.js';

test('fields and lines are found by name, whatever else is there (R6, R7)', () => {
  const info = readInfo(
    '# Server\r\nredis_version:7.4.1\r\nexecutable:/a:b\r\n\r\n# Keyspace\r\ndb0:keys=3,expires=1,avg_ttl=12,subexpiry=9\r\ndb11:expires=0,keys=5\r\nnew_in_9:1\r\nnonsense\r\n',
  );
  expect(info.get('redis_version')).toBe('7.4.1');
  expect(info.get('executable')).toBe('/a:b');
  expect(info.get('maxmemory')).toBeUndefined();
  expect(info.lines('db').get('0')).toEqual({ keys: '3', expires: '1', avg_ttl: '12', subexpiry: '9' });
  expect(info.lines('db').get('11')?.keys).toBe('5');
  expect(info.lines('cmdstat_').size).toBe(0);
});

test('what stands in for nothing is nothing', () => {
  expect([flag('ok'), flag('up'), flag('1'), flag('err'), flag('0'), flag(undefined)]).toEqual([
    1,
    1,
    1,
    0,
    0,
    undefined,
  ]);
  expect([unlessNegative('-1'), unlessNegative('0'), unlessNegative(undefined)]).toEqual([undefined, '0', undefined]);
  expect([unlessZero('0'), unlessZero('7'), unlessZero(undefined)]).toEqual([undefined, '7', undefined]);
  expect([scaled('1500', 1 / 1000), scaled(undefined, 2)]).toEqual([1.5, undefined]);
});

test('the start is the same in every reply of a run', () => {
  const at = (usec: string, up: string) => serverStartMs(readInfo(`server_time_usec:${usec}\nuptime_in_seconds:${up}`));
  expect(at('1795521287230778', '7')).toBe(1_795_521_280_000);
  expect(at('1795521288000001', '8')).toBe(1_795_521_280_000);
  expect(serverStartMs(readInfo('uptime_in_seconds:8'))).toBeUndefined();
});

test('Valkey is told by its own version, not by the one that it shows to old clients (R8)', () => {
  const valkey = readInfo('redis_version:7.2.4\nserver_name:valkey\nvalkey_version:8.0.1');
  expect(serverVersion(valkey)).toEqual({ server: 'valkey', version: 80_001 });
  expect(serverVersion(readInfo('redis_version:7.0.15'))).toEqual({ server: 'redis', version: 70_015 });
  expect(serverVersion(readInfo('redis_version:unstable'))).toEqual({ server: 'redis', version: undefined });
});

test('only servers that know several sections are asked for several: an error would be counted (R5)', () => {
  const after = (version: string) => infoSections(readInfo(`redis_version:${version}`));
  expect(infoSections(undefined)).toEqual(['all']);
  expect(['6.2.11', '7.0.15', '7.2.4', '8.2.0', 'unstable'].map((version) => after(version)[0])).toEqual([
    'all',
    'default',
    'default',
    'default',
    'all',
  ]);
});

test('roles and resets', () => {
  expect(['role:master', 'role:slave', 'role:sentinel', ''].map((text) => roleOf(readInfo(text)))).toEqual([
    'primary',
    'replica',
    undefined,
    undefined,
  ]);
  const resets = ['cmdstat_config|resetstat:calls=1', 'cmdstat_config:calls=1', 'cmdstat_config|get:calls=1', ''];
  expect(resets.map((text) => mayHaveBeenReset(readInfo(text)))).toEqual([true, true, false, false]);
});
