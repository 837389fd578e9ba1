import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { breakerEvents, breakerMetrics, metricProblems } from '@omninode/contracts';
import { describe, expect, test } from 'vitest';
import { breakerCollectorEvents, breakerCollectorMetrics } from './breaker.metrics.js';
import { dialects } from './dialects.js';
import { breakerFamilies } from './families.js';
import { figureNames } from './observation.js';
import { pages, replay } from './testing/replay.js';
import type { Recording, ReplayedPass } from './testing/replay.js';

const testdata = join(import.meta.dirname, '..', 'testdata');
const files = globSync('*/*.json', { cwd: testdata }).filter((file) => !file.endsWith('.expected.json'));
const read = <T>(file: string) => JSON.parse(readFileSync(join(testdata, file), 'utf8')) as T;
const replayed = (file: string) => JSON.parse(JSON.stringify(replay(read<Recording>(file)))) as ReplayedPass[];

test.each(files)('%s gives the expected measurements', (file) => {
  expect(replayed(file)).toEqual(read<ReplayedPass[]>(file.replace(/\.json$/, '.expected.json')));
  expect(replayed(file).flatMap(({ failures }) => failures)).toEqual([]);
});

describe('real services, put through: calm, a short opening that is over before the next pass, open, recovered', () => {
  const metric = (name: string) => `omninode_circuit_breaker_${name}{component="payments"}`;
  const courseOf = (file: string, name: string) => replayed(file).map(({ values }) => values[metric(name)]);

  test.each(files.filter((file) => !file.startsWith('opossum')))(
    '%s: the opening between two passes is a trip',
    (file) => {
      expect(courseOf(file, 'trips_total')).toEqual([0, 1, 2, 2]);
      const state = (of: string) =>
        `omninode_circuit_breaker_status{component="payments",criticality="unspecified",state="${of}"}`;
      expect(replayed(file).map(({ values }) => values[state('open')])).toEqual([0, 0, 1, 0]);
      expect(replayed(file).map(({ values }) => values[state('closed')])).toEqual([1, 1, 0, 1]);
    },
  );

  test('opossum-prometheus: openings are counted, the state is unknown and never closed', () => {
    const file = files.find((name) => name.startsWith('opossum'));
    // Its window still held the first failures: the second row of them did not open it again (report C, 1.2).
    expect(courseOf(file!, 'trips_total')).toEqual([0, 1, 1, 1]);
    for (const { values } of replayed(file!)) {
      const told = Object.entries(values).filter(
        ([series, value]) => series.startsWith('omninode_circuit_breaker_status') && value === 1,
      );
      expect(told.map(([series]) => series)).toEqual([
        'omninode_circuit_breaker_status{component="payments",criticality="unspecified",state="unknown"}',
      ]);
    }
  });

  test('recoveries: of an opening that no pass saw, only where the source tells how long it was', () => {
    expect(courseOf('resilience4j-2.3.0/prometheus.json', 'recovery_seconds').slice(0, 3)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    for (const exact of ['resilience4j-2.3.0/actuator.json', 'smallrye-6.9.1/prometheus.json']) {
      expect(courseOf(exact, 'recovery_seconds')[1]).toBeGreaterThan(0.2);
      expect(courseOf(exact, 'recovery_seconds')[1]).toBeLessThan(0.4);
    }
  });
});

describe('the catalogue', () => {
  // Of Envoy, Polly and rules of one's own there is no recording: pages in their documented form stand in.
  const configured = figureNames.filter((name) => name.startsWith('config_'));
  const others = replay(
    pages(
      `envoy_cluster_outlier_detection_ejections_active{envoy_cluster_name="a"} 1\nenvoy_cluster_membership_total{envoy_cluster_name="a"} 4\n${configured.map((name) => `own_${name}{name="a"} 1\n`).join('')}`,
    ),
    { rules: configured.map((name) => ({ metric: `own_${name}`, component: '{name}', figure: { name } })) },
  );
  const passes = [...files.flatMap(replayed), ...others];
  const produced = new Set(passes.flatMap(({ values }) => Object.keys(values).map((series) => series.split('{')[0]!)));

  test('is the vocabulary of breakers, without what is only seen from inside', () => {
    const { omninode_circuit_breaker_call_duration_seconds: _inside, ...seen } = breakerMetrics;
    expect(breakerCollectorMetrics).toEqual(seen);
    expect(breakerCollectorEvents).toEqual(breakerEvents);
  });

  test('has every metric that a page gives, and every one that it has is given by some page', () => {
    expect([...produced].toSorted()).toEqual(Object.keys(breakerCollectorMetrics).toSorted());
  });

  test.each(Object.entries(breakerCollectorMetrics))('%s is named and described well', (name, metric) => {
    expect(metricProblems(name, metric)).toEqual([]);
  });
});

test('every file of families/ and dialects/ is in its list', () => {
  const filesOf = (folder: string) =>
    globSync(`${folder}/*.ts`, { cwd: import.meta.dirname })
      .map((file) => basename(file, '.ts'))
      .filter((name) => !name.endsWith('.test'));
  expect(breakerFamilies.map(({ name }) => name)).toEqual(filesOf('families'));
  expect(dialects.map(({ library }) => library).toSorted()).toEqual(
    filesOf('dialects')
      .filter((name) => name !== 'dialect')
      .toSorted(),
  );
});
