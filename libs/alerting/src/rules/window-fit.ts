import type { SignalSide, WindowFunction } from './rule.js';

/** Why a window's function can not be had of these metrics; undefined when it can. */
export function unfitWindow(
  main: SignalSide,
  per: SignalSide | undefined,
  { fn }: { readonly fn: WindowFunction },
): string | undefined {
  if (fn === 'absent') return per ? 'absent is about one metric: leave per out' : undefined;
  if (per && isHistogram(main) !== isHistogram(per)) return 'a ratio needs two histograms or none';
  if (per && fn === 'quantile') return 'a quantile can not be divided';
  const grows = fn === 'rate' || fn === 'increase';
  if (isHistogram(main)) {
    return grows || fn === 'quantile' || fn === 'avg' || fn === 'count'
      ? undefined
      : `of a histogram there are quantile, avg, count, rate and increase, not ${fn}`;
  }
  for (const side of per ? [main, per] : [main]) {
    if (grows && side.kind !== 'counter') return `${fn} is for counters; ${side.metric} is a ${side.kind}`;
    if (!grows && side.kind === 'counter' && fn !== 'count')
      return `${side.metric} is a counter, which only grows: take its increase or its rate`;
  }
  return undefined;
}

export function isHistogram({ kind }: SignalSide): boolean {
  return kind === 'histogram' || kind === 'exponential';
}
