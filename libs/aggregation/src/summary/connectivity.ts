import type { ConnectivityRule } from './health-rules.js';
import type { Reason } from './reason.js';
import type { TargetHealth } from './target-health.js';

export interface Blindness {
  readonly reason: Reason;
  /** Those that can't be judged. */
  readonly targets: ReadonlySet<TargetHealth>;
}

/**
 * Kinds of which most targets were lost at once. That many do not fail in one moment by themselves: their collector has ended, or
 * it has lost its network. So nobody can say how they are, and one reason says it for all.
 */
export function blindness(targets: readonly TargetHealth[], rule: ConnectivityRule): Blindness[] {
  const kinds = Map.groupBy(targets, ({ kind }) => kind);
  return [...kinds].flatMap(([kind, ofKind]) => {
    const together = mostTogether(ofKind, rule.withinMs);
    const isMost = together.length >= Math.max(rule.minimumTargets, ofKind.length * rule.share);
    if (!isMost) return [];
    const seconds = Math.round((together.at(-1)!.lostSinceMs! - together[0]!.lostSinceMs!) / 1000);
    const reason: Reason = {
      component: `mesh/${kind}-collector`,
      health: 'unknown',
      reason:
        `${together.length} of ${ofKind.length} ${kind} targets were lost within ${seconds} s of each other: we may be blind. ` +
        `Look at the ${kind} collector and its network first.`,
      sinceMs: together[0]!.lostSinceMs!,
      link: '/api/v1/targets',
    };
    return [{ reason, targets: new Set(together) }];
  });
}

/** The largest number of targets that were lost within one span of time, the first first. */
function mostTogether(targets: readonly TargetHealth[], withinMs: number): readonly TargetHealth[] {
  const lost = targets
    .filter(({ lostSinceMs }) => lostSinceMs !== undefined)
    .sort((a, b) => a.lostSinceMs! - b.lostSinceMs!);
  let most: readonly TargetHealth[] = [];
  for (let from = 0, to = 0; from < lost.length; from++) {
    while (to < lost.length && lost[to]!.lostSinceMs! - lost[from]!.lostSinceMs! <= withinMs) to++;
    if (to - from > most.length) most = lost.slice(from, to);
  }
  return most;
}
