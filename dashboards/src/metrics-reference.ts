import type { Events, Metric } from '@omninode/contracts';
import { catalogues, type Catalogue } from './catalogues.js';

/** The reference page of all metrics and events, in Markdown, made from the catalogues. */
export function metricsReference(): string {
  const intro = `# Metrics and events

Made from the catalogues in the code (\`npm run generate\`). A metric is absent when its source does not say it: absent is never 0.
Names, labels and meanings are the same on the bus, in \`/metrics\` and here.`;
  return `${[intro, ...catalogues.map(section)].join('\n\n')}\n`;
}

function section({ title, metrics, events, commonLabels }: Catalogue): string {
  const rows = Object.entries(metrics)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, metric]) => row(name, metric as Metric));
  const labels = commonLabels.length > 0 ? `\n\nEvery series also has ${commonLabels.map(code).join(' and ')}.` : '';
  const table = ['| metric | kind | unit | labels | meaning |', '|---|---|---|---|---|', ...rows].join('\n');
  return `## ${title}${labels}\n\n${table}${eventTables(events)}`;
}

function row(name: string, { kind, unit, labels, meaning }: Metric): string {
  return `| ${code(name)} | ${kind} | ${unit} | ${labels.map(code).join(', ')} | ${cell(meaning)} |`;
}

function eventTables(events: Events): string {
  return Object.entries(events)
    .map(([name, { meaning, attributes }]) => {
      const rows = Object.entries(attributes).map(([attribute, what]) => `| ${code(attribute)} | ${cell(what)} |`);
      return `\n\n### Event ${code(name)}\n\n${meaning}\n\n${['| attribute | what |', '|---|---|', ...rows].join('\n')}`;
    })
    .join('');
}

function code(text: string): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
