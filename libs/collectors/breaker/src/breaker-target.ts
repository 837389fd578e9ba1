import { breakerCriticalities } from '@omninode/contracts';
import type { BreakerCriticality } from '@omninode/contracts';
import { addressOf, secret } from '@omninode/service-kit';
import type { Secret, Target } from '@omninode/service-kit';
import { z } from 'zod';
import { ruleSchema } from './exposition/rule.js';
import type { Rule } from './exposition/rule.js';

const criticality = z.enum(breakerCriticalities);

/** How a page tells of breakers: the text format of Prometheus, or the JSON of resilience4j's actuator. */
export const pageFormats = ['prometheus', 'resilience4j-actuator'] as const;
export type PageFormat = (typeof pageFormats)[number];

/** What a target of kind breaker may have beside its URL. */
export const breakerTargetOptions = z.object({
  format: z
    .enum(pageFormats)
    .optional()
    .describe(
      'What the page is. Without it, resilience4j-actuator where the path ends in /circuitbreakers, else prometheus.',
    ),
  rules: z
    .array(ruleSchema)
    .default([])
    .describe('What metrics that we do not know say of breakers. They come before our own rules.'),
  criticality: criticality.default('unspecified').describe('How much depends on what the breakers protect.'),
  criticalities: z.record(z.string(), criticality).default({}).describe('The same for single breakers, by name.'),
  token: secret().optional().describe('Sent as a bearer token.'),
});

/** A page that tells of breakers. */
export interface BreakerTarget {
  readonly id: string;
  /** May hold a user and a password. */
  readonly url: Secret;
  readonly labels: Readonly<Record<string, string>>;
  readonly format: PageFormat;
  readonly rules: readonly Rule[];
  readonly criticality: BreakerCriticality;
  readonly criticalities: Readonly<Record<string, BreakerCriticality>>;
  readonly token?: Secret | undefined;
}

/** The pages among the configured targets. */
export function breakerTargets(targets: readonly Target[]): readonly BreakerTarget[] {
  return targets.flatMap(({ id, kind, url, labels, options }) =>
    kind === 'breaker' ? [toBreakerTarget({ id, url, labels }, options)] : [],
  );
}

export function toBreakerTarget(
  target: Pick<BreakerTarget, 'id' | 'url' | 'labels'>,
  options: Readonly<Record<string, unknown>> = {},
): BreakerTarget {
  // The configuration was parsed with this schema before; a target without options gets the defaults.
  const {
    token = options.token as Secret | undefined,
    format,
    ...rest
  } = {
    ...defaults,
    ...(options as Partial<z.infer<typeof breakerTargetOptions>>),
  };
  return { ...target, ...rest, format: format ?? formatOf(target.url), token };
}

/** What of a target's address may be said in messages: `host:port`. */
export function placeOf({ url }: Pick<BreakerTarget, 'url'>): string {
  return addressOf(url);
}

const defaults = breakerTargetOptions.parse({});

function formatOf(url: Secret): PageFormat {
  return new URL(url.reveal()).pathname.endsWith('/circuitbreakers') ? 'resilience4j-actuator' : 'prometheus';
}
