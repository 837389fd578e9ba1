import { expect, test } from 'vitest';
import { z } from 'zod';
import { configurationReference } from './configuration-reference.js';
import { duration } from './duration.js';
import { secret } from './secret.js';

const page = configurationReference(
  {
    collectors: {
      cache: z.object({ every: duration({ max: '5m' }).prefault('15s').describe('How often it asks | reads.') }),
    },
  },
  {
    cache: z.object({
      password: secret().optional().describe('What the server wants.'),
      database: z.number().int().min(0).describe('Its number.'),
    }),
  },
);
const rows = page.split('\n').map((line) => line.replace(/ +/g, ' '));

test('each setting is a row with its variable, meaning, value and default', () => {
  expect(rows).toContain('## collectors.cache');
  expect(rows).toContain(
    '| `collectors.cache.every` | `OMNINODE_COLLECTORS_CACHE_EVERY` | How often it asks \\| reads. | A duration with its unit, such as 250ms, 15s or 5m, to 5m. | `15s` |',
  );
  expect(rows.some((row) => row.startsWith('| `http.port` | `OMNINODE_HTTP_PORT` |'))).toBe(true);
});

test('what a collector adds to a target is a row with its kind', () => {
  expect(rows).toContain('| `database` | cache | Its number. | A whole number, at least 0. | must be set |');
  expect(
    rows.some((row) => row.startsWith('| `password` | cache | What the server wants. |') && row.endsWith('| none |')),
  ).toBe(true);
});

test('the page is the same each time and ends with one line break', () => {
  expect(configurationReference()).toBe(configurationReference());
  expect(page).toMatch(/[^\n]\n$/);
});
