import { defaultHealthRules, type HealthRules } from '@omninode/aggregation';
import { duration } from '@omninode/service-kit';
import { z } from 'zod';

const matchOptions = {
  id: z.string().min(1).optional().describe('The id of the target.'),
  kind: z.string().min(1).optional().describe('The kind of the targets: database, kafka, cache, breaker.'),
  labels: z.record(z.string(), z.string()).default({}).describe('Labels that the targets must have.'),
};
const openBreaker = z.enum(['critical', 'degraded', 'ignored']);
const { breakers: usualBreakers, connectivity: usualConnectivity } = defaultHealthRules;

/** How the health of the parts becomes the health of the whole: section `health`. Without any rule the worst part counts. */
export const healthConfig = z.object({
  targets: z
    .array(
      z.object({
        ...matchOptions,
        criticality: z.enum(['normal', 'low', 'ignored']).describe('How much depends on it.'),
      }),
    )
    .default([])
    .describe(
      'How much depends on targets, by id, kind or labels; the first that fits counts, else the label criticality of the target. low: the mesh is degraded at most; ignored: shown, and counts for nothing.',
    ),
  groups: z
    .array(
      z.object({
        name: z
          .string()
          .regex(/^[\w.-]{1,64}$/)
          .describe('The name of the group.'),
        ...matchOptions,
        minimumShare: z.number().gt(0).max(1).describe('Share of the weight that must serve, 0 to 1.'),
        weights: z.record(z.string(), z.number().positive()).default({}).describe('Weight by id; others weigh 1.'),
      }),
    )
    .default([])
    .describe(
      'Targets that stand in for each other: while the minimum share of their weight serves, the mesh is degraded at most.',
    ),
  breakers: z
    .object({
      critical: openBreaker
        .default(usualBreakers.critical)
        .describe('What an open breaker of criticality critical makes of the mesh.'),
      high: openBreaker.default(usualBreakers.high).describe('The same for high.'),
      medium: openBreaker.default(usualBreakers.medium).describe('The same for medium.'),
      low: openBreaker.default(usualBreakers.low).describe('The same for low.'),
      unspecified: openBreaker
        .default(usualBreakers.unspecified)
        .describe('The same for breakers of which nobody said.'),
    })
    .prefault({}),
  connectivity: z
    .object({
      minimumTargets: z
        .number()
        .int()
        .min(2)
        .default(usualConnectivity.minimumTargets)
        .describe('Only where at least this many targets of a kind are lost at once we take it that we are blind.'),
      share: z
        .number()
        .gt(0)
        .max(1)
        .default(usualConnectivity.share)
        .describe('And only where it is this share of the kind, 0 to 1.'),
      within: duration({ min: '1s', max: '1h' })
        .prefault('2m')
        .describe('How close together they must have been lost.'),
    })
    .prefault({}),
});

export type HealthConfig = z.infer<typeof healthConfig>;

/** The rules as health is judged by them. */
export function healthRules({ targets, groups, breakers, connectivity }: HealthConfig): HealthRules {
  const { within: withinMs, ...shares } = connectivity;
  return {
    targets: targets.map(({ criticality, ...match }) => ({ match, criticality })),
    groups: groups.map(({ name, minimumShare, weights, ...match }) => ({ name, match, minimumShare, weights })),
    breakers,
    connectivity: { ...shares, withinMs },
  };
}
