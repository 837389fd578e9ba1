import { durationText } from '../rules/duration.js';
import type { Rule } from '../rules/rule.js';
import type { Template } from '../rules/template.js';
import { conditionText } from './condition-text.js';
import { differencesOf } from './prometheus-rules.js';

/** The runbook of a rule, in Markdown: what it means, where to look, what to do, and how exactly it is judged. */
export function runbook(rule: Rule): string {
  const { name, runbook: texts, annotations } = rule;
  const sections = texts
    ? [
        `## What it means\n\n${texts.meaning.trim()}`,
        `## What to look at\n\n${texts.look.trim()}`,
        `## What to do\n\n${texts.do.trim()}`,
      ]
    : [annotations.description ? inGeneral(annotations.description) : ''];
  const summary = annotations.summary ? inGeneral(annotations.summary) : name;
  return `${[`# ${name}`, `> ${summary}`, ...sections, judged(rule)].join('\n\n')}\n`;
}

/** A text of an alert without one: in place of labels and value their names. */
function inGeneral({ parts }: Template): string {
  return parts.map((part) => ('text' in part ? part.text : code('label' in part ? part.label : 'value'))).join('');
}

function judged(rule: Rule): string {
  const { levels, forMs, keepFiringForMs, noData, signal, dependsOn, minSamples, flap } = rule;
  const lines = [
    `Signal: ${conditionText(rule)}.`,
    `One alert for each ${signal.by.length > 0 ? signal.by.map(code).join(', ') : 'mesh'}.`,
    ...levels.map(
      ({ severity, fire, clear }) =>
        `${severity}: fires at ${code(fire.text)}${clear ? `, ends at ${code(clear.text)}` : ''}.`,
    ),
    ...(forMs > 0 ? [`It must hold for ${durationText(forMs)}.`] : ['It fires at once.']),
    ...(keepFiringForMs > 0 ? [`It fires on for ${durationText(keepFiringForMs)} after that.`] : []),
    ...(minSamples > 1 ? [`Below ${minSamples} samples in the window there is no verdict.`] : []),
    ...(signal.minVolume > 0 ? [`Below a volume of ${signal.minVolume} in the window there is no verdict.`] : []),
    `Without a verdict for ${durationText(noData.afterMs)}: ${silence[noData.as]}.`,
    ...(flap ? [`${flap.high} changes within ${durationText(flap.overMs)} are told once, as flapping.`] : []),
    ...(dependsOn.length > 0 ? [`It waits while ${dependsOn.map(code).join(', ')} fires for the same thing.`] : []),
  ];
  const differences = differencesOf(rule);
  const prometheus =
    differences.length > 0 ? `\n\nAs a Prometheus rule it is approximate:\n\n${list(differences)}` : '';
  return `## How it is judged\n\n${list(lines)}${prometheus}`;
}

const silence = {
  firing: 'it fires',
  noData: 'it stays as it is and says that nothing is known',
  ok: 'it ends',
  keepLast: 'it stays as it is',
} as const;

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}
