import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentTypes, type NewRecord } from '@omninode/contracts';
import { topics } from './mesh-on-kafka.js';

export const feverMetric = 'omninode_fever_level';

/** The configuration of aggregators with one rule, `Fever`, and one webhook that hears of each target at once. `timing`: YAML of the rule. */
export function feverConfiguration(folder: string, webhook: string, timing = '{ for: 0s }'): string {
  const rules = join(folder, 'rules');
  mkdirSync(rules);
  const rule = `{ name: Fever, signal: { metric: ${feverMetric}, by: [target] }, window: { fn: last },
      levels: { critical: { fire: '> 0.5' } }, annotations: { summary: 'The level is {{ value }}.' },
      runbook: { meaning: A test raised it., look: At the test., do: Nothing. }, ${timing.slice(1, -1)} }`;
  const metrics = `metrics: { ${feverMetric}: { kind: gauge, labels: [target] } }`;
  writeFileSync(join(rules, 'fever.yaml'), `apiVersion: omninode/v1\nkind: RuleSet\n${metrics}\nrules:\n  - ${rule}\n`);
  const call = `{ type: webhook, url: '${webhook}', groupBy: [target], groupWait: 0s, groupInterval: 1s, stormCap: 10000 }`;
  const file = join(folder, 'mesh.yaml');
  writeFileSync(
    file,
    `alerts: { shippedRules: false, rulesFolder: '${rules}' }\nnotify: { receivers: { call: ${call} } }\n`,
  );
  return file;
}

/** What the rule looks at: above 0.5 the target is ill. */
export function fever(target: string, value: number): NewRecord {
  const points = [{ name: feverMetric, kind: 'gauge', labels: { target }, value }];
  const record = { v: 1, entity: target, producer: `fever/${target}`, time: Date.now(), points };
  const headers = { 'content-type': contentTypes.rows };
  return { topic: topics.measurement, key: target, value: Buffer.from(JSON.stringify(record)), headers };
}
