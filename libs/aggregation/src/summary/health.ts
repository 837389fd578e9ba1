import type { AlertRecord } from '@omninode/contracts';
import { blindSpots } from './blind-spots.js';
import { blindness } from './connectivity.js';
import { groupVerdict, type GroupVerdict } from './groups.js';
import { criticalityOf, defaultHealthRules, type HealthLimits, type HealthRules } from './health-rules.js';
import { alertReasons, breakerReasons } from './other-reasons.js';
import { atMost, worst, worstFirst, type Health, type Reason } from './reason.js';
import type { PartitionSummary, TargetSummary } from './summary.js';
import { targetHealth, type TargetHealth } from './target-health.js';

export interface MeshHealth {
  readonly health: Health;
  /** The worst first; empty when all is well. Each as much as it counts for the whole. */
  readonly reasons: readonly Reason[];
  readonly targets: readonly TargetHealth[];
}

/**
 * The health of everything that the mesh watches and of the mesh itself: the worst of its parts as the rules weigh them, each with
 * its reason. `alerts`: the newest record of each alert.
 */
export function meshHealth(
  summaries: readonly PartitionSummary[],
  nowMs: number,
  limits: HealthLimits,
  alerts: readonly AlertRecord[] = [],
): MeshHealth {
  const { rules = defaultHealthRules } = limits;
  const alone = newestPerTarget(summaries).map((target) => targetHealth(target, nowMs, limits.targetStaleMs));
  const blind = blindness(alone, rules.connectivity);
  const isBlind = (target: TargetHealth) => blind.some(({ targets }) => targets.has(target));
  const told = [...alertReasons(alerts, alone), ...breakerReasons(summaries, alone, rules.breakers)];
  const targets = alone.map((target) => {
    const about = told.filter((each) => each.target === target).map(({ reason }) => reason);
    const reasons = [...target.reasons, ...about];
    const known = isBlind(target) ? atMost('unknown', reasons) : reasons;
    return { ...target, reasons: known, health: worst(known) };
  });
  const verdicts = rules.groups.map((rule) => groupVerdict(targets, rule));
  const reasons = [
    ...targets.flatMap((target, at) => (isBlind(alone[at]!) ? [] : whatCounts(target, rules, verdicts))),
    ...blind.map(({ reason }) => reason),
    ...verdicts.flatMap(({ reason }) => reason ?? []),
    ...told.filter(({ target }) => !target).map(({ reason }) => reason),
    ...blindSpots(summaries, nowMs, limits),
  ];
  if (targets.length === 0) {
    reasons.push({ component: 'mesh', health: 'unknown', reason: 'No target has reported yet.' });
  }
  reasons.sort(
    (a, b) => worstFirst.indexOf(a.health) - worstFirst.indexOf(b.health) || a.component.localeCompare(b.component),
  );
  return { health: worst(reasons), reasons, targets };
}

/** The reasons of a target, as much as they count for the whole. */
function whatCounts(target: TargetHealth, rules: HealthRules, verdicts: readonly GroupVerdict[]): Reason[] {
  const criticality = criticalityOf(target, rules);
  if (criticality === 'ignored') return [];
  const own = criticality === 'low' ? atMost('degraded', target.reasons) : [...target.reasons];
  const groups = verdicts.filter(({ members }) => members.has(target));
  return groups.length === 0 ? own : atMost(worst(groups), own);
}

/** After a change of the partition count a target may stand in two summaries: the newer data counts. */
function newestPerTarget(summaries: readonly PartitionSummary[]): TargetSummary[] {
  const newest = new Map<string, TargetSummary>();
  for (const target of summaries.flatMap((summary) => summary.targets)) {
    const key = `${target.kind}/${target.id}`;
    const other = newest.get(key);
    if (!other || other.lastDataMs < target.lastDataMs) newest.set(key, target);
  }
  return [...newest.values()].sort((a, b) => a.id.localeCompare(b.id));
}
