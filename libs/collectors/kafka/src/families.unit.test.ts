import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { metricProblems } from '@omninode/contracts';
import type { Events, Metrics } from '@omninode/contracts';
import { describe, expect, test } from 'vitest';
import { kafkaFamilies } from './families.js';
import { kafkaEvents, kafkaMetrics } from './kafka.metrics.js';
import { replay } from './testing/replay.js';
import type { Recording, ReplayedPass } from './testing/replay.js';

const testdata = join(import.meta.dirname, '..', 'testdata');
const files = globSync('*/*.json', { cwd: testdata }).filter((file) => !file.endsWith('.expected.json'));
const read = <T>(file: string) => JSON.parse(readFileSync(join(testdata, file), 'utf8')) as T;
const familyOf = ({ family: name }: Recording) => kafkaFamilies.find((family) => family.name === name)!;

test.each(files)('%s gives the expected measurements', (file) => {
  const recording = read<Recording>(file);
  const replayed = JSON.parse(JSON.stringify(replay(familyOf(recording), recording))) as ReplayedPass[];
  expect(replayed).toEqual(read<ReplayedPass[]>(file.replace(/\.json$/, '.expected.json')));
  expect(replayed.flatMap(({ failures }) => failures)).toEqual([]);
});

describe('the catalogue', () => {
  const replayed = files.flatMap((file) => replay(familyOf(read(file)), read<Recording>(file)));
  const produced = new Set(
    replayed.flatMap(({ values }) => Object.keys(values).map((series) => series.split('{')[0]!)),
  );
  const declared = kafkaFamilies.flatMap(({ metrics }) => Object.keys(metrics as Metrics));

  test('has every metric that a recording gives, and every one that it has is given by some recording', () => {
    expect([...produced].toSorted()).toEqual(Object.keys(kafkaMetrics).toSorted());
  });

  test('is the sum of the families in the list', () => {
    expect(Object.keys(kafkaMetrics).toSorted()).toEqual(declared.toSorted());
    const events = kafkaFamilies.flatMap((family) => Object.keys((family.events ?? {}) as Events));
    expect(Object.keys(kafkaEvents).toSorted()).toEqual(events.toSorted());
  });

  test.each(Object.entries(kafkaMetrics))('%s is named and described well', (name, metric) => {
    expect(metricProblems(name, metric)).toEqual([]);
    expect(name).toMatch(/^omninode_(kafka|dead_letter)_/);
  });

  test('has the word that the report of the strategy document looks for', () => {
    expect(Object.keys(kafkaMetrics).some((name) => name.includes('throughput'))).toBe(true);
  });
});

test('every file of families/ is in the list', () => {
  const here = globSync('families/*.ts', { cwd: import.meta.dirname }).filter((file) => !file.endsWith('.test.ts'));
  expect(kafkaFamilies.map(({ name }) => name).toSorted()).toEqual(
    here.map((file) => basename(file, '.ts')).toSorted(),
  );
});

test('the cost is told last in its lane: of the sweep that went before', () => {
  expect(kafkaFamilies.findLast(({ lane }) => lane === 'medium')?.name).toBe('sweep-cost');
});

test('every family was recorded', () => {
  for (const { name } of kafkaFamilies) expect(files.map((file) => basename(file, '.json'))).toContain(name);
});
