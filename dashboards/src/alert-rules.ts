import { readdirSync, readFileSync } from 'node:fs';
import { metricCatalogue, parseRules, shippedRulesUrl, type Rule, type RuleProblem } from '@omninode/alerting';
import { catalogues } from './catalogues.js';
import { errors } from './errors.js';
import type { Levels } from './panels/thresholds.js';
import { runbooks } from './runbooks.js';

/** The alerts that come with the product, by name: panels draw their lines where these fire, and link to their runbooks. */
export const alertRules: ReadonlyMap<string, Rule> = new Map(readRules().map((rule) => [rule.name, rule]));

export function alertRule(alert: string): Rule {
  const rule = alertRules.get(alert);
  if (!rule) throw errors.NO_SUCH_RULE({ alert, known: [...alertRules.keys()].join(', ') });
  return rule;
}

/** Where an alert fires, as a panel of the same quantity draws it. Of a count, "> 0" is 1 or more. */
export function levelsOf(alert: string): Levels {
  const { levels, signal } = alertRule(alert);
  const isCount = signal.per === undefined && !/_(seconds|bytes|ratio)$/.test(signal.main.metric);
  const at = (severity: string) => {
    const fire = levels.find((level) => level.severity === severity)?.fire;
    return fire && (isCount && fire.text === '> 0' ? 1 : fire.threshold);
  };
  const [warning, critical] = [at('warning'), at('critical')];
  return {
    ...(warning !== undefined && { warning }),
    ...(critical !== undefined && { critical }),
    worse: levels[0]!.fire.operator.startsWith('<') ? 'below' : 'above',
  };
}

/** The least value at which an alert fires. */
export function fireAt(alert: string): number {
  return alertRule(alert).levels[0]!.fire.threshold;
}

function readRules(): Rule[] {
  const catalogue = metricCatalogue(catalogues);
  const files = readdirSync(shippedRulesUrl).filter((name) => name.endsWith('.yaml'));
  return files.sort().flatMap((file) => {
    const text = readFileSync(new URL(file, shippedRulesUrl), 'utf8');
    const { rules, problems } = parseRules(text, { file, catalogue, runbooksUrl: `${runbooks}/` });
    if (problems[0]) throw wrong(problems[0]);
    return rules;
  });
}

function wrong({ file, line, column, path, problem, suggestion = '' }: RuleProblem): Error {
  return errors.RULES_WRONG({ file, line, column, path, problem, suggestion });
}
