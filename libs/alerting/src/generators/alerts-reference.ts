import { durationText } from '../rules/duration.js';
import type { Rule } from '../rules/rule.js';
import { conditionText } from './condition-text.js';

/** The reference page of the rules, in Markdown. `runbooks`: the folder of the runbooks, as seen from the page. */
export function alertsReference(rules: readonly Rule[], runbooks: string): string {
  const groups = Map.groupBy(rules, ({ file }) => file.replace(/^.*\//, ''));
  const sections = [...groups].map(([file, members]) => {
    const rows = members.map((rule) => row(rule, runbooks));
    return [
      `## ${file}`,
      '',
      '| alert | severity | fires when | holds for | about each |',
      '|---|---|---|---|---|',
      ...rows,
    ].join('\n');
  });
  const intro = `# Alerts

Made from \`libs/alerting/rules\` (\`npm run generate\`). The mesh judges these in the stream; \`dashboards/prometheus\` has them for
Prometheus. How to write your own: [write-alert-rules](../how-to/write-alert-rules.md).`;
  return `${[intro, ...sections].join('\n\n')}\n`;
}

function row(rule: Rule, runbooks: string): string {
  const { name, levels, forMs, signal } = rule;
  const severities = levels.map(({ severity }) => severity).join(', ');
  const bounds = levels
    .map(({ fire, severity }) => (levels.length > 1 ? `${fire.text} (${severity})` : fire.text))
    .join(', ');
  const cells = [
    `[${name}](${runbooks}/${name}.md)`,
    severities,
    `${conditionText(rule)} is ${bounds}`,
    forMs > 0 ? durationText(forMs) : 'at once',
    signal.by.map((label) => `\`${label}\``).join(', '),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
