/**
 * What an alert must have done, worked out again from all samples at every sample, as simply as can be: nothing is kept between them.
 * Shares no code with the engine.
 */
export interface ModelRule {
  readonly fn: 'last' | 'avg' | 'min' | 'max' | 'increase';
  readonly overMs: number;
  /** Fires above the first number, ends at or below the second. */
  readonly levels: readonly (readonly [fire: number, clear: number])[];
  readonly forMs: number;
  readonly keepFiringForMs: number;
}

export interface ModelSample {
  readonly timeMs: number;
  readonly value: number;
}

/** Changes of what is told, in order: the level from 1 on that fires, 0 for none. */
export function modelOf(
  rule: ModelRule,
  arrived: readonly ModelSample[],
): { readonly timeMs: number; readonly level: number }[] {
  const samples: ModelSample[] = [];
  for (const sample of arrived) if (sample.timeMs > (samples.at(-1)?.timeMs ?? 0)) samples.push(sample);
  const values = samples.map((_, at) => windowOf(rule, samples.slice(0, at + 1)));
  const told: { timeMs: number; level: number }[] = [];
  let level = 0;
  for (const [at, { timeMs }] of samples.entries()) {
    const next = levelAt(rule, samples, values, told, at, level);
    if (next !== level) told.push({ timeMs, level: next });
    level = next;
  }
  return told;
}

function windowOf({ fn, overMs }: ModelRule, samples: readonly ModelSample[]): number {
  const nowMs = samples.at(-1)!.timeMs;
  const inside = samples.filter(({ timeMs }) => timeMs > nowMs - overMs).map(({ value }) => value);
  if (fn === 'last') return inside.at(-1)!;
  if (fn === 'avg') return inside.reduce((sum, value) => sum + value, 0) / inside.length;
  if (fn === 'min') return Math.min(...inside);
  if (fn === 'max') return Math.max(...inside);
  const from = Math.max(0, samples.length - inside.length - 1);
  let grown = 0;
  for (let at = from + 1; at < samples.length; at++) {
    const [before, value] = [samples[at - 1]!.value, samples[at]!.value];
    grown += value < before ? value : value - before;
  }
  return grown;
}

function levelAt(
  { levels, forMs, keepFiringForMs }: ModelRule,
  samples: readonly ModelSample[],
  values: readonly number[],
  told: readonly { timeMs: number; level: number }[],
  at: number,
  level: number,
): number {
  const nowMs = samples[at]!.timeMs;
  /** The level that fired when a sample came. */
  const firedBefore = (nth: number) => told.findLast(({ timeMs }) => timeMs < samples[nth]!.timeMs)?.level ?? 0;
  /** Whether a level holds at a sample: above its bound, or, once it fires, until its end. */
  const holdsAt = (nth: number, which: number): boolean => {
    const [fire, clear] = levels[which]!;
    if (values[nth]! > fire) return true;
    return nth > 0 && which < firedBefore(nth) && values[nth]! > clear && holdsAt(nth - 1, which);
  };
  const sinceOf = (which: number): number | undefined => {
    let since: number | undefined;
    for (let nth = at; nth >= 0 && holdsAt(nth, which); nth--) since = samples[nth]!.timeMs;
    return since;
  };
  const since = levels.map((_, which) => sinceOf(which));
  const ripe = since.findLastIndex((ms) => ms !== undefined && nowMs - ms >= forMs) + 1;
  if (ripe > 0) return ripe;
  if (level === 0 || since.some((ms) => ms !== undefined)) return level;
  let endedMs = nowMs;
  for (let nth = at; nth >= 0 && levels.every((_, which) => !holdsAt(nth, which)); nth--)
    endedMs = samples[nth]!.timeMs;
  return nowMs - endedMs >= keepFiringForMs ? 0 : level;
}
