import { durationText } from '../rules/duration.js';
import type { Matchers } from '../rules/matchers.js';
import type { Condition } from '../rules/condition.js';
import type { Rule, SignalSide } from '../rules/rule.js';

/** A rule's signal as PromQL, and in what it is not the same. */
export interface PromQl {
  /** The value, without a comparison. */
  readonly value: string;
  /** What must be true too, for there to be enough to judge. */
  readonly enough: readonly string[];
  readonly differences: readonly string[];
}

export function promQl(rule: Rule): PromQl {
  const { signal, window, minSamples } = rule;
  const { main, per, minVolume } = signal;
  const differences: string[] = [];
  const enough: string[] = [];
  const part = sideText(rule, main, differences);
  if (window.fn === 'absent') return absentText(rule, differences);
  const value = per ? `${part} / ${sideText(rule, per, differences)}` : part;
  const volume = per ?? main;
  if (minVolume > 0) enough.push(`${volumeText(rule, volume)} >= ${minVolume}`);
  if (minSamples > 1) {
    enough.push(`max${by(rule)} (count_over_time(${selector(main, '', window.overMs)})) >= ${minSamples}`);
  }
  return { value, enough, differences };
}

/** The whole expression of a level. */
export function levelExpression({ value, enough }: PromQl, { operator, threshold }: Condition): string {
  return [`${value} ${operator} ${threshold}`, ...enough].join(' and ');
}

function sideText(rule: Rule, side: SignalSide, differences: string[]): string {
  const { fn, overMs, q } = rule.window;
  const range = selector(side, '', overMs);
  const overTime = (name: string) => `sum${by(rule)} (${name}(${range}))`;
  if (side.kind === 'histogram' || side.kind === 'exponential') return histogramText(rule, side, differences);
  switch (fn) {
    case 'last':
      return `sum${by(rule)} (last_over_time(${range}))`;
    case 'avg':
    case 'rate':
    case 'increase':
      if (fn !== 'avg')
        differences.push(
          'Prometheus extrapolates to the bounds of the window, and does not count from 0 what it sees first.',
        );
      return overTime(fn === 'avg' ? 'avg_over_time' : fn);
    case 'sum':
      return overTime('sum_over_time');
    case 'min':
    case 'max':
      differences.push('Of several series the sum of each one’s extreme is taken, not the extreme of the sum.');
      return overTime(`${fn}_over_time`);
    case 'quantile':
      differences.push('Of several series the sum of each one’s quantile is taken, not the quantile of the sum.');
      return `sum${by(rule)} (quantile_over_time(${q}, ${range}))`;
    case 'count':
      return `max${by(rule)} (count_over_time(${range}))`;
    case 'absent':
      return range;
  }
}

function histogramText(rule: Rule, side: SignalSide, differences: string[]): string {
  const { fn, overMs, q } = rule.window;
  const rate = (suffix: string) => `sum${by(rule)} (rate(${selector(side, suffix, overMs)}))`;
  switch (fn) {
    case 'quantile':
      if (side.kind === 'exponential')
        differences.push('Buckets are exposed at powers of two, so the quantile is coarser.');
      return `histogram_quantile(${q}, sum by (${[...rule.signal.by, 'le'].join(', ')}) (rate(${selector(side, '_bucket', overMs)})))`;
    case 'avg':
      return `${rate('_sum')} / ${rate('_count')}`;
    case 'rate':
      return rate('_count');
    default:
      return `sum${by(rule)} (increase(${selector(side, '_count', overMs)}))`;
  }
}

function volumeText(rule: Rule, side: SignalSide): string {
  const isHistogram = side.kind === 'histogram' || side.kind === 'exponential';
  if (isHistogram) return `sum${by(rule)} (increase(${selector(side, '_count', rule.window.overMs)}))`;
  return sideText(rule, side, []);
}

/** Silence of what was there within a day; Prometheus can't know it for longer at a bearable price. */
function absentText(rule: Rule, differences: string[]): PromQl {
  const { main } = rule.signal;
  const seen = (overMs: number) => `group${by(rule)} (last_over_time(${selector(main, '', overMs)}))`;
  differences.push('The value is 1 instead of the seconds of silence, and what was silent for a day is forgotten.');
  return { value: `(${seen(86_400_000)} unless ${seen(rule.window.overMs)})`, enough: [], differences };
}

function selector({ metric, where }: SignalSide, suffix: string, overMs: number): string {
  return `${metric}${suffix}${matchersText(where)}[${durationText(overMs)}]`;
}

function matchersText(where: Matchers): string {
  if (where.length === 0) return '';
  const texts = where.map(({ label, values, isNot }) => {
    if (values.length === 1) return `${label}${isNot ? '!=' : '='}${quoted(values[0]!)}`;
    return `${label}${isNot ? '!~' : '=~'}${quoted(values.map(escapeRegExp).join('|'))}`;
  });
  return `{${texts.join(',')}}`;
}

function by({ signal }: Rule): string {
  return signal.by.length > 0 ? ` by (${signal.by.join(', ')})` : '';
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
