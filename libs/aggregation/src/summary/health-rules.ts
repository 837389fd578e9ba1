import type { BreakerCriticality } from '@omninode/contracts';
import type { TargetSummary } from './summary.js';

export interface HealthLimits {
  /** A target whose newest measurement is older than this is `unknown`, ms. */
  readonly targetStaleMs: number;
  /** A partition whose summary is older than this is not being read by anybody, ms. */
  readonly summaryStaleMs: number;
  /** How many partitions the measurement topic has. */
  readonly partitions: number;
  /** Absent: `defaultHealthRules`. */
  readonly rules?: HealthRules;
}

/** How the health of the parts becomes the health of the whole. Without a rule: the worst part counts. */
export interface HealthRules {
  /** How much depends on single targets; the first rule that fits a target counts, else its label `criticality`. */
  readonly targets: readonly TargetRule[];
  /** Targets that stand in for each other. */
  readonly groups: readonly GroupRule[];
  /** What an open breaker makes of the whole, by its criticality. */
  readonly breakers: Readonly<Record<BreakerCriticality, OpenBreaker>>;
  readonly connectivity: ConnectivityRule;
}

/** Which targets; what is absent fits all. */
export interface TargetMatch {
  readonly id?: string | undefined;
  readonly kind?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** `low`: whatever happens to it, the whole is degraded at most. `ignored`: it is shown, and counts for nothing. */
export type TargetCriticality = 'normal' | 'low' | 'ignored';

export interface TargetRule {
  readonly match: TargetMatch;
  readonly criticality: TargetCriticality;
}

export interface GroupRule {
  readonly name: string;
  readonly match: TargetMatch;
  /** While the members that serve have this share of all weight, the failure of the others only degrades, 0 to 1. */
  readonly minimumShare: number;
  /** Weight of single members by id; others weigh 1. */
  readonly weights: Readonly<Record<string, number>>;
}

export type OpenBreaker = 'critical' | 'degraded' | 'ignored';

/** When many targets of one kind are lost at once, rather our own sight is lost than all of them. */
export interface ConnectivityRule {
  /** Kinds with fewer targets are not judged. */
  readonly minimumTargets: number;
  /** Share of the targets of a kind, 0 to 1. */
  readonly share: number;
  /** How close together they must have been lost, ms. */
  readonly withinMs: number;
}

export const defaultHealthRules: HealthRules = {
  targets: [],
  groups: [],
  breakers: { critical: 'critical', high: 'degraded', medium: 'degraded', low: 'ignored', unspecified: 'degraded' },
  connectivity: { minimumTargets: 3, share: 0.7, withinMs: 120_000 },
};

export function fits(
  { id, kind, labels = {} }: TargetMatch,
  target: Pick<TargetSummary, 'id' | 'kind' | 'labels'>,
): boolean {
  if (id !== undefined && id !== target.id) return false;
  if (kind !== undefined && kind !== target.kind) return false;
  return Object.entries(labels).every(([name, value]) => labelOf(target, name) === value);
}

export function criticalityOf(
  target: Pick<TargetSummary, 'id' | 'kind' | 'labels'>,
  rules: HealthRules,
): TargetCriticality {
  const rule = rules.targets.find(({ match }) => fits(match, target));
  if (rule) return rule.criticality;
  const label = labelOf(target, 'criticality');
  return label === 'low' || label === 'ignored' ? label : 'normal';
}

function labelOf({ labels = {} }: Pick<TargetSummary, 'labels'>, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}
