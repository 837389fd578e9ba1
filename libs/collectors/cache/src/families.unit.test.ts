import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { metricProblems } from '@omninode/contracts';
import type { Events, Metrics } from '@omninode/contracts';
import { describe, expect, test } from 'vitest';
import { cacheEvents, cacheMetrics } from './cache.metrics.js';
import { cacheFamilies } from './families.js';
import { replay } from './testing/replay.js';
import type { Recording, ReplayedPass } from './testing/replay.js';

const testdata = join(import.meta.dirname, '..', 'testdata');
const files = globSync('*/*.json', { cwd: testdata }).filter((file) => !file.endsWith('.expected.json'));
const read = <T>(file: string) => JSON.parse(readFileSync(join(testdata, file), 'utf8')) as T;

describe.each(files)('%s', (file) => {
  const expected = read<Record<string, ReplayedPass[]>>(file.replace(/\.json$/, '.expected.json'));

  test.each(cacheFamilies.map((family) => [family.name, family] as const))(
    '%s gives the expected measurements',
    (name, family) => {
      const replayed = JSON.parse(JSON.stringify(replay(family, read<Recording>(file)))) as ReplayedPass[];
      expect(replayed).toEqual(expected[name]);
      expect(replayed.flatMap(({ failures }) => failures)).toEqual([]);
    },
  );
});

test('every supported source was recorded', () => {
  const sources = files.map((file) => file.replace(/^redis-(\d+)\.[\d.]+/, 'redis-$1'));
  expect(sources.toSorted()).toEqual([
    'application/workflow-cache.json',
    'redis-6/primary.json',
    'redis-6/replica.json',
    'redis-7/primary.json',
    'redis-7/replica.json',
  ]);
});

describe('the catalogue', () => {
  const replayed = files.flatMap((file) => cacheFamilies.flatMap((family) => replay(family, read<Recording>(file))));
  const produced = new Set(
    replayed.flatMap(({ values }) => Object.keys(values).map((series) => series.split('{')[0]!)),
  );
  const declared = cacheFamilies.flatMap(({ metrics }) => Object.keys(metrics as Metrics));

  test('has every metric that a recording gives, and every one that it has is given by some recording', () => {
    expect([...produced].toSorted()).toEqual(Object.keys(cacheMetrics).toSorted());
  });

  test('is the sum of the families in the list', () => {
    expect(Object.keys(cacheMetrics).toSorted()).toEqual(declared.toSorted());
    const events = cacheFamilies.flatMap((family) => Object.keys((family.events ?? {}) as Events));
    expect(Object.keys(cacheEvents).toSorted()).toEqual(events.toSorted());
  });

  test.each(Object.entries(cacheMetrics))('%s is named and described well', (name, metric) => {
    expect(metricProblems(name, metric)).toEqual([]);
  });

  test("has the words that the strategy document's report looks for", () => {
    expect(Object.keys(cacheMetrics)).toEqual(
      expect.arrayContaining([expect.stringContaining('hit_rate'), expect.stringContaining('memory_usage')]),
    );
  });

  test('says nothing of what was sent to a server', () => {
    expect(JSON.stringify(replayed)).not.toMatch(/hunter|Quite|my own/);
  });
});

test('every file of families/ is in the list', () => {
  const here = globSync('families/*.ts', { cwd: import.meta.dirname }).filter((file) => !file.endsWith('.test.ts'));
  expect(cacheFamilies.map(({ name }) => name).toSorted()).toEqual(
    here.map((file) => basename(file, '.ts')).toSorted(),
  );
});
