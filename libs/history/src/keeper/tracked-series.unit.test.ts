import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { operationSeries, reportSeries } from './tracked-series.js';

/** Written from the catalogues of all collectors, which this lib may not import. */
const reference = readFileSync(new URL('../../../../docs/reference/metrics.md', import.meta.url), 'utf8');
const kinds = Map.groupBy(
  [...reference.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name, kind]) => ({ name: name!, kind: kind! })),
  ({ name }) => name,
);

test('every series that rollups are made of is in the catalogue, with its kind', () => {
  const tracked = [
    ...Object.entries(operationSeries).map(([name, series]) => [name, series.kinds[0]!] as const),
    ...Object.entries(reportSeries).map(([name, { kind }]) => [name, kind] as const),
  ];
  for (const [name, kind] of tracked) {
    expect(
      kinds.get(name)?.map((each) => each.kind),
      name,
    ).toContain(kind);
  }
});
