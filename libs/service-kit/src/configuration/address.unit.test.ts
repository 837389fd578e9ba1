import { expect, test } from 'vitest';
import { addressOf, brokersOf } from './address.js';
import { Secret } from './secret.js';

test.each([
  ['postgres://app:pa%24s@db.example.com/orders?sslmode=require', 'db.example.com:5432/orders'],
  ['postgresql://app:p@ss@db:6543/orders', 'db:6543/orders'],
  ['postgres://app:x@[2001:db8::1]:5433/orders', '[2001:db8::1]:5433/orders'],
  ['postgres:///orders?host=/var/run/postgresql', '/var/run/postgresql/orders'],
  ['postgres://a:1,b:2/orders', 'a:1,b:2/orders'],
  ['rediss://:hunter2@cache:6380/2', 'cache:6380/2'],
  ['redis://cache', 'cache:6379'],
  ['kafka-1:9092,kafka-2', 'an unreadable address'],
  ['kafka+ssl://user:hunter2@kafka-1:9093,kafka-2', 'kafka-1:9093,kafka-2:9092'],
  ['https://user:hunter2@breakers.example.com/hook/T0KEN?key=hunter2', 'breakers.example.com:443'],
  ['hunter2', 'an unreadable address'],
])('%s is shown as %s', (url, address) => {
  expect(addressOf(new Secret(url))).toBe(address);
});

test.each([
  ['a:9092,b:9093', ['a:9092', 'b:9093']],
  ['kafka://a,b:9093', ['a:9092', 'b:9093']],
  ['kafka+ssl://u:p@a', ['a:9092']],
  ['a:0', []],
])('the brokers of %s are %j', (url, brokers) => {
  expect(brokersOf(url)).toEqual(brokers);
});
