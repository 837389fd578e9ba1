import { collector, contract, family, type Plant } from './plant.js';

/** What the code does. */
export const syntaxPlants: readonly Plant[] = [
  {
    rule: 'pure-files-have-no-clock',
    what: 'the clock in a pure lib',
    files: contract('export const at = () => Date.now();'),
    says: 'Date.now in a pure file',
  },
  {
    rule: 'pure-files-have-no-clock',
    what: 'the date in a mapping',
    files: { 'libs/collectors/cache/src/to-measurements.ts': 'export const at = new Date();' },
    says: 'new Date() in a pure file',
  },
  {
    rule: 'pure-files-have-no-clock',
    what: 'chance in a family',
    files: family('export const listed = Math.random();'),
    says: 'Math.random in a pure file',
  },
  {
    rule: 'pure-files-have-no-clock',
    what: 'a stopwatch in a pure lib',
    files: contract('export const at = () => performance.now();'),
    says: 'performance.now in a pure file',
  },
  {
    rule: 'pure-files-have-no-clock',
    what: 'a timer in a pure lib',
    files: contract('setTimeout(() => undefined, 1);'),
    says: 'setTimeout() in a pure file',
  },
  {
    rule: 'environment-in-one-lib',
    what: 'process.env in a collector',
    files: collector('export const url = process.env.URL;'),
    says: 'libs/service-kit only',
  },
  ...["const url = process['env'].URL;", 'const url = globalThis.process.env.URL;', 'const { env } = process;'].map(
    (source): Plant => ({
      rule: 'environment-in-one-lib',
      what: source,
      files: collector(source),
      says: 'libs/service-kit only',
    }),
  ),
  ...["Date['now']();", 'const { now } = Date;', 'const { random: dice } = Math;', 'globalThis.performance.now();'].map(
    (source): Plant => ({
      rule: 'pure-files-have-no-clock',
      what: source,
      files: contract(source),
      says: 'in a pure file',
    }),
  ),
  {
    rule: 'network-in-readers-only',
    what: 'a request outside of a reader',
    files: family('export const listed = await fetch(address);'),
    says: 'only *.reader.ts talks',
  },
  { rule: 'no-export-star', what: 'export *', files: contract("export * from './y.js';"), says: 'export by name' },
  {
    rule: 'no-export-star',
    what: 'export * as one name',
    files: contract("export * as y from './y.js';"),
    says: 'export by name',
  },
  {
    rule: 'no-vanishing-errors',
    what: 'an empty catch',
    files: contract('try { run(); } catch (error) {}'),
    says: 'An error vanishes',
  },
  {
    rule: 'no-vanishing-errors',
    what: 'a dropped rejection',
    files: contract('export function go() {\n  run().catch(() => undefined);\n}'),
    says: 'libs/contracts/src/x.ts:2 no-vanishing-errors: A rejection vanishes',
  },
  ...(['only', 'skip', 'todo'] as const).map((word): Plant => ({
    rule: 'no-focused-tests',
    what: `test.${word}`,
    files: { 'libs/contracts/src/x.unit.test.ts': `test.${word}('x', run);` },
    says: `test.${word} keeps tests from running`,
  })),
];
