import type { Condition } from '../rules/condition.js';
import type { Rule } from '../rules/rule.js';
import type { AlertInstance } from './alert-instance.js';
import { passingRoom } from './passed-samples.js';

/** Values between two, both excluded. */
export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

/** Functions whose value lies between the least and the largest sample of the window. */
const within: ReadonlySet<Rule['window']['fn']> = new Set(['last', 'avg', 'min', 'max', 'quantile']);
/** Far more than what sums are rounded by. */
const margin = 1e-9;

const known = new WeakMap<Rule, ValueRange | 'none'>();

/**
 * Between which values of its side the next samples of an alert that was just judged change nothing, whatever comes meanwhile;
 * undefined when the next one must be judged. A gauge's value is the sum of its series: while all samples of the window lie
 * between the bounds, so does what the window's function makes of them. A counter's is its total: from one verdict on, a window
 * can gain no more than the total does.
 */
export function quietRange(instance: AlertInstance): ValueRange | undefined {
  const { rule, main } = instance;
  const bounds = known.get(rule) ?? boundsOf(rule);
  known.set(rule, bounds);
  if (bounds === 'none' || !isQuiet(instance) || !main.ring!.hasRoomFor(passingRoom)) return undefined;
  const { value, verdictMs } = instance.state;
  if (main.signal.kind === 'gauge')
    return main.ring!.isWithin(bounds, verdictMs - rule.window.overMs) ? bounds : undefined;
  const gained = rule.window.fn === 'rate' ? main.ring!.gainedAfter(verdictMs - rule.window.overMs) : value!;
  return { low: -Infinity, high: main.total + (bounds.high - gained) - (main.total + bounds.high) * margin };
}

/** Whether the next verdict can change an alert only by a level that holds. */
export function isQuiet({ state }: AlertInstance): boolean {
  const { isSilent, isFlapping, isCrowdedOut, isExplained, phase, level, since } = state;
  if (isSilent || isFlapping || isCrowdedOut || isExplained) return false;
  return phase === 'inactive' && level < 0 && state.verdictMs > 0 && !since.some(Boolean);
}

function boundsOf({ signal, window: { fn, overMs }, minSamples, levels }: Rule): ValueRange | 'none' {
  const { kind } = signal.main;
  if (signal.per || minSamples > 1) return 'none';
  const grows = kind === 'counter' && (fn === 'rate' || fn === 'increase');
  if (!grows && (kind !== 'gauge' || !within.has(fn))) return 'none';
  const fires = levels.map(({ fire }) => fire);
  const { low, high } = between(fires);
  if (!(low < high) || (grows && (low > -Infinity || high <= 0))) return 'none';
  return { low, high: fn === 'rate' ? (high * overMs) / 1000 : high };
}

/** Where none of the conditions holds. */
function between(conditions: readonly Condition[]): ValueRange {
  let low = -Infinity;
  let high = Infinity;
  for (const { operator, threshold } of conditions) {
    const distance = Math.abs(threshold) * margin;
    if (operator === '>' || operator === '>=') high = Math.min(high, threshold - distance);
    else if (operator === '<' || operator === '<=') low = Math.max(low, threshold + distance);
    else return { low: 0, high: 0 };
  }
  return { low, high };
}
