import { alertLabels, meshEntity } from '../engine/alert-instance.js';
import { durationText } from '../rules/duration.js';
import type { Rule, RuleTest, TestExpectation } from '../rules/rule.js';
import { promtoolSeries } from './promtool-series.js';
import { yamlText } from './yaml-text.js';

/** The tests of the rules as a file for `promtool test rules`, beside the rule file with this name. */
export function promtoolTests(rules: readonly Rule[], ruleFile: string, source: string): string {
  const head = `# Made from the tests in ${source} (npm run generate).\nrule_files: [${ruleFile}]\n`;
  const tests = rules.flatMap((rule) => rule.tests.map((test) => testText(rule, test)));
  return `${head}evaluation_interval: 15s\ntests:\n${tests.join('\n')}\n`;
}

function testText(rule: Rule, test: RuleTest): string {
  return [
    `  - name: ${yamlText(`${rule.name}: ${test.name}`)}`,
    `    interval: ${durationText(test.intervalMs)}`,
    '    input_series:',
    ...promtoolSeries(rule, test),
    '    promql_expr_test:',
    ...test.expect
      .filter(({ state }) => state !== 'pending')
      .flatMap((expected) => expectationLines(rule, test, expected)),
  ].join('\n');
}

/** Whether it fires is asked of the series that Prometheus keeps of its alerts: that compares no texts. */
function expectationLines(rule: Rule, test: RuleTest, expected: TestExpectation): string[] {
  const { atMs, state, severity, labels: about = {} } = expected;
  const wanted = severity ?? rule.levels[0]!.severity;
  const matchers = Object.entries({
    alertname: rule.name,
    alertstate: 'firing',
    ...about,
    ...(state === 'firing' && { severity: wanted }),
  })
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',');
  const lines = [`      - expr: ${yamlText(`ALERTS{${matchers}}`)}`, `        eval_time: ${durationText(atMs)}`];
  if (state === 'inactive') return lines;
  const labels = { ...labelsIn(rule, test, about), alertname: rule.name, alertstate: 'firing', severity: wanted };
  const text = Object.entries(labels)
    .filter(([, value]) => value !== '')
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',');
  return [
    ...lines,
    '        exp_samples:',
    `          - labels: ${yamlText(`ALERTS{${text}}`)}`,
    '            value: 1',
  ];
}

/** The labels of the alert that a test makes, from its first series with the labels that it is about. */
export function labelsIn(
  rule: Rule,
  { series }: RuleTest,
  about: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const isAbout = ({ labels }: RuleTest['series'][number]) =>
    Object.entries(about).every(([label, value]) => labels[label] === value);
  const { labels } = series.find(isAbout) ?? series[0]!;
  return alertLabels(
    rule,
    labels.target ?? labels.service_name ?? meshEntity,
    Object.keys(labels),
    Object.values(labels),
  );
}
