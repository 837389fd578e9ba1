import type { PartialStatus } from '@omninode/collector-kit';
import { readActuator } from './actuator/read-actuator.js';
import { dialectsWith } from './dialects.js';
import { observeExposition } from './exposition/observe-samples.js';
import type { Exposition } from './exposition/observe-samples.js';
import type { Observation } from './observation.js';
import type { BreakerReply } from './page.js';

export interface ReadPage {
  readonly observations: readonly Observation[];
  /** When the process behind the page was started, where it says, ms since 1970 UTC. */
  readonly startMs?: number | undefined;
  /** What is missing, and what to do. */
  readonly problem?: { readonly status: PartialStatus; readonly reason: string } | undefined;
}

/** What a page tells of breakers, and what it does not. `events`: what resilience4j remembers, where it was asked. */
export function readPage({ text, format, rules }: BreakerReply, events: string | undefined): ReadPage {
  if (format === 'resilience4j-actuator') return readActuatorPage(text, events);
  const exposition = observeExposition(text, dialectsWith(rules));
  const { observations, startMs } = exposition;
  return { observations, startMs, problem: problemOf(exposition) };
}

function readActuatorPage(text: string, events: string | undefined): ReadPage {
  const observations = readActuator(text, events);
  if (!observations) return { observations: [], problem: { status: 'unsupported', reason: noActuator } };
  if (observations.length === 0) return { observations, problem: { status: 'unsupported', reason: noBreakers } };
  if (events !== undefined && observations[0]?.changes === undefined)
    return { observations, problem: { status: 'degraded', reason: noEvents } };
  return { observations };
}

function problemOf({ observations, ambiguous, samples }: Exposition): ReadPage['problem'] {
  const degraded = (reason: string) => ({ status: 'degraded' as const, reason });
  if (samples.lines === 0) return { status: 'unsupported', reason: noExposition };
  if (samples.isCut) return degraded('The page ends in the middle of a line: what may have come after it is missing.');
  if (samples.malformed > 0)
    return degraded(
      `${samples.malformed} lines are not of the format of Prometheus, the first is line ${samples.firstMalformed}: they were left out.`,
    );
  if (observations.length === 0) return { status: 'unsupported', reason: noBreakers };
  if (ambiguous.length > 0)
    return degraded(
      `Breaker ${ambiguous[0]} and ${ambiguous.length - 1} more are told of several times, with other labels. Give each service a target of its own.`,
    );
  const unmapped = observations.filter(({ library }) => library === 'unmapped');
  if (unmapped.length > 0)
    return degraded(
      `The state of ${unmapped[0]?.component} and ${unmapped.length - 1} more is a number that nothing explains. Give the target a rule that says which number is which state.`,
    );
  return undefined;
}

const noActuator =
  "The answer is not that of resilience4j's actuator. Correct the path, which ends in /circuitbreakers, or set the target's format to prometheus.";
const noExposition =
  "The answer holds no figures in the format of Prometheus. Correct the path in the target's URL, which often ends in /metrics or /actuator/prometheus.";
const noBreakers =
  'The page tells of no breaker that we know. Where it should, give the target rules for the metrics that tell of them.';
const noEvents = 'The events of resilience4j can not be read, so that an opening between two passes is not seen.';
