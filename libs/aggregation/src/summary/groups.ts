import { fits, type GroupRule } from './health-rules.js';
import { worst, type Health, type Reason } from './reason.js';
import type { TargetHealth } from './target-health.js';

export interface GroupVerdict {
  readonly members: ReadonlySet<TargetHealth>;
  readonly health: Health;
  /** Absent when all members are healthy. */
  readonly reason?: Reason;
}

/**
 * Targets that stand in for each other: while enough of them serve, the group is degraded at most; it is critical once not even
 * those of whom nobody knows could make up for the ones that failed; between the two, nobody can say.
 */
export function groupVerdict(targets: readonly TargetHealth[], rule: GroupRule): GroupVerdict {
  const members = targets.filter((target) => fits(rule.match, target));
  const weigh = (accepts: (health: Health) => boolean) =>
    members.filter(({ health }) => accepts(health)).reduce((sum, { id }) => sum + weightOf(rule, id), 0);
  const all = weigh(() => true);
  const serving = weigh((health) => health === 'healthy' || health === 'degraded');
  const unknown = weigh((health) => health === 'unknown');
  const component = `group/${rule.name}`;
  if (all === 0) return { members: new Set(members), health: 'unknown', reason: { component, ...nobody } };
  const needed = rule.minimumShare * all;
  const ill = members.filter(({ health }) => health !== 'healthy');
  if (ill.length === 0) return { members: new Set(members), health: 'healthy' };
  const health: Health = serving >= needed ? 'degraded' : serving + unknown < needed ? 'critical' : 'unknown';
  const reason =
    `${percent(serving / all)} of its weight serve, ${percent(rule.minimumShare)} must; ` +
    `worst: ${ill.find((member) => member.health === worst(ill))!.id}.`;
  return { members: new Set(members), health, reason: { component, health, reason, link: '/api/v1/targets' } };
}

const nobody = { health: 'unknown', reason: 'No target of this group has reported yet.' } as const;

function weightOf({ weights }: GroupRule, id: string): number {
  return Object.hasOwn(weights, id) ? weights[id]! : 1;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
