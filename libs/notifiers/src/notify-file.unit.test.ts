import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration } from '@omninode/service-kit';
import { expect, onTestFinished, test } from 'vitest';
import { notifyConfig } from './notify.config.js';

const page = readFileSync(new URL('../../../docs/how-to/be-notified.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text!);

test('the examples of the page can be used as they are', () => {
  expect(examples).toHaveLength(2);
  const [receivers, quiet] = examples.map((text) => load(text));
  expect(Object.keys(receivers!.receivers)).toEqual(['pager', 'team', 'mail', 'prometheus', 'bridge']);
  expect(quiet!.maintenance.map(({ name }) => name)).toEqual(['backup', 'move']);
  expect(quiet!.inhibit).toHaveLength(1);
});

test.for([
  ['notify: { receivers: { a: { type: webhok } } }', /notify\.receivers\.a\.type/],
  [
    'notify: { receivers: { a: { type: log, groupBye: [x] } } }',
    /groupBye.*Did you mean notify\.receivers\.a\.groupBy/,
  ],
  [
    'notify: { receivers: { a: { type: webhook, url: "http://x", timeout: 3 } } }',
    /notify\.receivers\.a\.timeout.*duration/,
  ],
  ['notify: { receivers: { a: { type: log, matchers: ["severity>1"] } } }', /is no matcher/],
])('%s is refused with its place', ([text, why]) => {
  expect(() => load(text as string)).toThrow(why as RegExp);
});

function load(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-notify-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'https://hooks.example.com/s3cret');
  const file = join(folder, 'omninode.yaml');
  writeFileSync(file, text.replace(/File: \S+/g, `File: ${secret}`));
  const { values } = loadConfiguration({
    sections: { notify: notifyConfig },
    env: { OMNINODE_CONFIG: file },
    argv: [],
  });
  return values.notify;
}
