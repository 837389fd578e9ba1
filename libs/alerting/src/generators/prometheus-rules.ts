import { durationText } from '../rules/duration.js';
import type { Level, Rule } from '../rules/rule.js';
import type { Template } from '../rules/template.js';
import { levelExpression, promQl } from './promql.js';
import { yamlText } from './yaml-text.js';

/**
 * The rules as a file for Prometheus: one alert for each level, told apart by `severity`. What PromQL has no equal for is left out,
 * and said above the rule.
 */
export function prometheusRules(rules: readonly Rule[], source: string): string {
  const head = `# Made from ${source} (npm run generate): change the rules there. For those who judge with Prometheus instead of the mesh.\n`;
  const groups = [...Map.groupBy(rules, ({ file }) => groupOf(file))].map(([name, members]) =>
    [`  - name: omninode-${name}`, '    rules:', ...members.flatMap(ruleLines)].join('\n'),
  );
  return `${head}groups:\n${groups.join('\n')}\n`;
}

/** In what Prometheus judges a rule differently from the mesh; empty where both do the same. */
export function differencesOf(rule: Rule): readonly string[] {
  const differences = new Set(promQl(rule).differences);
  if (rule.levels.some(({ clear }) => clear)) {
    differences.add('An alert ends as soon as its level does not hold; the mesh waits for the clear condition.');
  }
  if (rule.levels.length > 1) {
    differences.add(
      'Each level is an alert of its own, and several fire at once; the mesh has one that rises and falls.',
    );
  }
  if (rule.dependsOn.length > 0) {
    differences.add(`It does not wait for ${rule.dependsOn.join(', ')}: inhibit it in Alertmanager.`);
  }
  if (rule.flap) differences.add('Flapping is not told as such.');
  if (rule.noData.as !== 'ok') {
    differences.add('Without data the alert ends; the mesh says that it does not know.');
  }
  return [...differences];
}

function ruleLines(rule: Rule): string[] {
  const expression = promQl(rule);
  const comments = differencesOf(rule).map((difference) => `      # Approximate: ${difference}`);
  return rule.levels.flatMap((level, at) => [
    ...(at === 0 ? comments : []),
    ...alertLines(rule, level, levelExpression(expression, level.fire)),
  ]);
}

function alertLines(rule: Rule, { severity }: Level, expression: string): string[] {
  const { name, forMs, keepFiringForMs, labels, annotations } = rule;
  const pairs = (of: Readonly<Record<string, string>>) =>
    Object.entries(of).map(([key, text]) => `          ${key}: ${yamlText(text)}`);
  const texts = Object.fromEntries(Object.entries(annotations).map(([key, template]) => [key, goTemplate(template)]));
  return [
    `      - alert: ${name}`,
    `        expr: ${yamlText(expression)}`,
    ...(forMs > 0 ? [`        for: ${durationText(forMs)}`] : []),
    ...(keepFiringForMs > 0 ? [`        keep_firing_for: ${durationText(keepFiringForMs)}`] : []),
    '        labels:',
    ...pairs({ ...labels, severity }),
    '        annotations:',
    ...pairs(texts),
  ];
}

function goTemplate({ parts }: Template): string {
  return parts
    .map((part) => {
      if ('text' in part) return part.text;
      if ('label' in part) return `{{ $labels.${part.label} }}`;
      const formats = {
        number: 'humanize',
        percent: 'humanizePercentage',
        seconds: 'humanizeDuration',
        bytes: 'humanize1024',
      };
      return `{{ $value | ${formats[part.format]} }}`;
    })
    .join('');
}

function groupOf(file: string): string {
  return file.replace(/^.*\//, '').replace(/\.ya?ml$/, '');
}
