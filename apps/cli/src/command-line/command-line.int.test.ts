import { describe, expect, test } from 'vitest';
import { runCli } from '../testing/run-cli.js';

describe('help is no mistake, and goes where results go', () => {
  test.each([
    [['--help'], /^omninode <command>[^]*doctor[^]*tail[^]*Exit codes/],
    [['-h'], /^omninode <command>/],
    [['help'], /^omninode <command>/],
    [['help', 'doctor'], /^omninode doctor database\|kafka\|redis\|breaker \[<url>\][^]*--json[^]*Exit codes/],
    [['doctor', '--help'], /^omninode doctor/],
    [['doctor', 'database', '-h'], /^omninode doctor/],
    [['tail', '--help'], /^omninode tail[^]*--metric <name>[^]*--from beginning\|now[^]*all-in-one/],
    [['--version'], /^\d+\.\d+\.\d+\n$/],
  ])('%j', async (args, expected) => {
    expect(await runCli(args)).toEqual({ code: 0, stdout: expect.stringMatching(expected) as string, stderr: '' });
  });
});

describe('a mistake is told in a line, with what was meant', () => {
  test.each([
    [[], 'What shall it do? Commands: doctor, tail.'],
    [['docter'], '"docter" is not a command. Did you mean doctor?'],
    [['frobnicate'], '"frobnicate" is not a command. Commands: doctor, tail.'],
    [['help', 'tial'], '"tial" is not a command. Did you mean tail?'],
    [['doctor'], 'doctor wants to know what it shall look at: one of database, kafka, redis, breaker.'],
    [['doctor', 'radis'], '"radis" is not one of database, kafka, redis, breaker. Did you mean redis?'],
    [['doctor', 'redis', 'redis://x', 'y'], 'doctor takes no more than a kind and a URL.'],
    [['doctor', 'redis', 'redis://x', '--target', 'y'], 'doctor takes no more than a URL, or --config and --target.'],
    [['doctor', 'redis', '--jsno'], '--jsno is not a flag of doctor. Did you mean --json?'],
    [
      ['doctor', 'database', 'redis://x'],
      'The URL begins with redis://, which is not watched as kind database; it must be of the form',
    ],
    [['doctor', 'database'], 'No database is given. Give its URL'],
    [['doctor', 'breaker'], 'No breaker is given. Give its URL (http://host:port/path), or name a file'],
    [['doctor', 'database', '--config', '/nowhere.yaml'], '/nowhere.yaml'],
    [['tail', 'x'], 'tail takes no more than flags.'],
    [['tail', '--form', 'now'], '--form is not a flag of tail. Did you mean --from?'],
    [
      ['tail', '--from', 'begining'],
      '"begining" is not where --from can begin: beginning or now. Did you mean beginning?',
    ],
    [['tail', '--count', '1.5'], '"1.5" is not a number of records for --count.'],
    [['tail', '--brokers', 'nonsense'], 'flag --brokers: bus.brokers[0] is "nonsense"; it must be host:port.'],
    [['tail'], 'The all-in-one (npm start) has no Kafka: its bus is a file that only one process can open.'],
  ])('%j', async (args, expected) => {
    const { code, stdout, stderr } = await runCli(args);
    expect([code, stdout, stderr.split('\n').length]).toEqual([2, '', 2]);
    expect(stderr).toContain(expected);
    expect(stderr).toMatch(/^omninode: /);
  });
});

test.each([
  [['redis://:hunter2@cache']],
  [['doctor', 'redis://:hunter2@cache']],
  [['doctor', 'database', 'redis://:hunter2@cache']],
  [['doctor', 'database', 'postgres://app:hunter2/3@db/x y']],
  [['doctor', 'redis', 'redis://:hunter2@cache', 'x']],
])('a password is not repeated: %j', async (args) => {
  const { code, stdout, stderr } = await runCli(args);
  expect(code).toBe(2);
  expect(stdout + stderr).not.toContain('hunter2');
});
