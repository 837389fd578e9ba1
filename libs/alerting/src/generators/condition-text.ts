import { durationText } from '../rules/duration.js';
import type { Matchers } from '../rules/matchers.js';
import type { Rule, SignalSide } from '../rules/rule.js';

/** What a rule looks at, in words with the metrics' names. */
export function conditionText({ signal: { main, per }, window: { fn, overMs, q } }: Rule): string {
  const over = durationText(overMs);
  const of = sideText(main) + (per ? ` of each ${sideText(per)}` : '');
  switch (fn) {
    case 'last':
      return `the newest ${of}`;
    case 'quantile':
      return `the ${Number((q * 100).toPrecision(6))}th percentile of ${of} over ${over}`;
    case 'rate':
      return `${of} a second, over ${over}`;
    case 'absent':
      return `silence of ${of} for longer than ${over}, in seconds`;
    case 'increase':
      return `the increase of ${of} over ${over}`;
    default:
      return `the ${{ avg: 'average', min: 'least', max: 'greatest', sum: 'sum', count: 'number' }[fn]} of ${of} over ${over}`;
  }
}

function sideText({ metric, where }: SignalSide): string {
  return `\`${metric}${matchersText(where)}\``;
}

function matchersText(where: Matchers): string {
  if (where.length === 0) return '';
  return `{${where.map(({ label, values, isNot }) => `${label}${isNot ? '!=' : '='}${values.join('|')}`).join(', ')}}`;
}
