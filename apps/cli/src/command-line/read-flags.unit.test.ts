import { expect, test } from 'vitest';
import { defineCommand } from './command.js';
import { readFlags } from './read-flags.js';

const command = defineCommand({
  name: 'tail',
  summary: 'Follows.',
  usage: '',
  flags: { entity: { value: '<name>', meaning: 'Whose.' }, json: { meaning: 'As JSON.' } },
  notes: [],
  run: async () => 0,
});
const read = (...args: string[]) => readFlags(command, args);

test.each([
  [[], {}, []],
  [['a', 'b'], {}, ['a', 'b']],
  [['--json', 'a'], { json: true }, ['a']],
  [['--entity', 'orders', 'a'], { entity: 'orders' }, ['a']],
  [['--entity=--x'], { entity: '--x' }, []],
  [['--entity', '-'], { entity: '-' }, []],
  [['--', '--json'], {}, ['--json']],
])('%j', (args, given, words) => expect(read(...args)).toEqual({ given, words, wantsHelp: false }));

test.each([['--help'], ['-h'], ['--json', '--help', 'a']])('%s asks for help', (...args) => {
  expect(read(...args).wantsHelp).toBe(true);
});

test.each([
  [['--jsn'], '--jsn is not a flag of tail. Did you mean --json?'],
  [['--entitty=x'], '--entitty is not a flag of tail. Did you mean --entity?'],
  [['--colour'], '--colour is not a flag of tail. omninode tail --help lists them.'],
  [['-x'], '-x is not a flag of tail. omninode tail --help lists them.'],
  [['--__proto__'], '--__proto__ is not a flag of tail. omninode tail --help lists them.'],
  [['--entity'], '--entity wants a value: --entity <name>.'],
  [['--entity='], '--entity wants a value: --entity <name>.'],
  [['--entity', '--json'], '--entity wants a value: --entity <name>.'],
  [['--json=false'], '--json takes no value.'],
  [['--json', '--json'], '--json is given twice; keep one.'],
])('%j: %s', (args, message) => expect(() => read(...args)).toThrow(message));

test('what looks like an address with a password is not repeated with it', () => {
  expect(() => read('--redis://:hunter2@cache')).toThrow('is not a flag of tail');
  expect(() => read('--redis://:hunter2@cache')).not.toThrow('hunter2');
});
