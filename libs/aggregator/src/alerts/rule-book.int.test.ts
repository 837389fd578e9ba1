import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { createLogger } from '@omninode/service-kit';
import { afterAll, expect, test } from 'vitest';
import { RuleBook } from './rule-book.js';

const folder = mkdtempSync(join(tmpdir(), 'omninode-rule-book-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a file that comes while the files are read, and goes before they are looked at again, leaves nothing behind', async () => {
  const book = new RuleBook({
    folders: [{ path: folder, name: 'own' }],
    catalogue: new Map(),
    runbooksUrl: 'http://mesh/',
    reloadEveryMs: 60_000,
    nowMs: Date.now,
    log: createLogger({ service: 'test', format: 'json', destination: { write: () => undefined } }),
  });
  const [first, late] = [join(folder, 'first.yaml'), join(folder, 'late.yaml')];
  let wasRead = 0;
  for (let turns = 0; turns < 200; turns++) {
    // Another length each time, so that there is something to read.
    writeFileSync(first, `apiVersion: omninode/v1\nkind: RuleSet\nrules: []\n#${'x'.repeat(turns + 1)}\n`);
    const reading = book.reload();
    for (let nth = 0; nth < turns % 20; nth++) await turn();
    writeFileSync(late, 'rules: [{ name: Half }]\n');
    await reading;
    if (book.problems.length > 0) wasRead++;
    rmSync(late);
    await book.reload();
    expect(book.problems).toEqual([]);
  }
  expect(wasRead).toBeGreaterThan(0);
});
