import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ruleFiles, shippedFolder } from './testing/watching-product.js';

/** Shipped rules that no `shipped-*-alerts.int.test.ts` makes fire on real servers: where they are proven instead, and why. */
const provenElsewhere: Readonly<Record<string, string>> = {
  ConsumerGroupStalled:
    'The collector waits five minutes for a commit before it says stalled; its int test shows the verdict on a real Kafka, the test in the rule the alert.',
  DatabaseWraparound: 'A quarter of two thousand million transactions can not be made here: the test in the rule.',
  PartitionsWithoutOwner:
    'In one process each partition has an owner as long as there is somebody to judge: the tests of the summaries and in the rule.',
  LedgerDoesNotAdd: 'It fires on a defect of the mesh and on nothing else: the test in the rule.',
};

const shipped = ruleFiles().flatMap((file) => ruleNames(readFileSync(join(shippedFolder, file), 'utf8')));
const here = import.meta.dirname;
const live = readdirSync(here)
  .filter((name) => /^shipped-.*-alerts\.int\.test\.ts$/.test(name))
  .flatMap((name) => provenIn(readFileSync(join(here, name), 'utf8')));

test('each shipped rule fires and ends on real servers, or it is said where it is proven and why', () => {
  expect([...live, ...Object.keys(provenElsewhere)].toSorted()).toEqual(shipped.toSorted());
});

function ruleNames(text: string): string[] {
  return [...text.matchAll(/^ {2}- name: (\w+)/gm)].map(([, name]) => name ?? '');
}

/** What stands in calls of `proves`; the watchdog fires always, and has a test of its own. */
function provenIn(text: string): string[] {
  const calls = [...text.matchAll(/\.proves\(\s*(\[[^\]]*\]|'\w+')/g)].map(([, rules]) => rules ?? '');
  const named = calls.flatMap((rules) => rules.match(/\w+/g) ?? []);
  return text.includes("test('Watchdog fires") ? [...named, 'Watchdog'] : named;
}
