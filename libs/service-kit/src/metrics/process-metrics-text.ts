import type { ProcessSample } from './process-metrics.js';

/** Samples in the text format 0.0.4 of Prometheus, a header for each family. */
export function processMetricsText(samples: readonly ProcessSample[]): string {
  const families = Map.groupBy(samples, ({ name }) => name);
  return [...families.values()].map(familyText).join('');
}

function familyText(samples: readonly ProcessSample[]): string {
  const [{ name, metric }] = samples as [ProcessSample];
  const header = `# HELP ${name} ${escapeText(metric.meaning)}\n# TYPE ${name} ${metric.kind}\n`;
  return header + samples.map(sampleLine).join('');
}

function sampleLine({ name, labels = {}, value }: ProcessSample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeText(text).replaceAll('"', '\\"')}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
}

function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
