import { z } from 'zod';
import type { FigureName, Observation } from '../observation.js';
import { changesByBreaker } from './read-events.js';
import { stateOf } from './states.js';

/** A percentage as resilience4j writes it: `12.5%`; −1 means too few calls to say. */
const percentage = z.union([z.string(), z.number()]).nullish();
const breaker = z.object({
  state: z.string().nullish(),
  failureRate: percentage,
  slowCallRate: percentage,
  failureRateThreshold: percentage,
  slowCallRateThreshold: percentage,
});
const reply = z.object({ circuitBreakers: z.record(z.string(), breaker) });

/**
 * `/actuator/circuitbreakers` of resilience4j for Spring Boot, with what `/actuator/circuitbreakerevents` still remembers. Its
 * counts are those of the breaker's window, and `notPermittedCalls` begins anew with each state: none of them is a total.
 * https://github.com/resilience4j/resilience4j/blob/master/resilience4j-spring-boot3/src/main/java/io/github/resilience4j/springboot3/circuitbreaker/monitoring/endpoint/CircuitBreakerEndpoint.java
 * `undefined` for a text that is not such a reply.
 */
export function readActuator(text: string, events: string | undefined): readonly Observation[] | undefined {
  const parsed = reply.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const changes = events === undefined ? undefined : changesByBreaker(parseJson(events));
  return Object.entries(parsed.data.circuitBreakers).map(([component, told]) => ({
    component,
    kind: 'error',
    library: 'resilience4j',
    state: stateOf(told.state),
    stateSeconds: {},
    calls: {},
    figures: figuresOf(told),
    ...(changes && { changes: changes.get(component) ?? [] }),
  }));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // what is no JSON is no reply of the actuator either, and is told as such
  }
}

function figuresOf(told: z.infer<typeof breaker>): Observation['figures'] {
  const ratios: [FigureName, number | undefined][] = [
    ['failure_ratio', ratioOf(told.failureRate)],
    ['slow_call_ratio', ratioOf(told.slowCallRate)],
    ['config_failure_threshold_ratio', ratioOf(told.failureRateThreshold)],
    ['config_slow_call_threshold_ratio', ratioOf(told.slowCallRateThreshold)],
  ];
  return Object.fromEntries(ratios.filter(([, ratio]) => ratio !== undefined));
}

function ratioOf(told: z.infer<typeof percentage>): number | undefined {
  if (told === null || told === undefined) return undefined;
  const percent = Number.parseFloat(String(told).replace(',', '.')); // written by the locale of the service
  return percent >= 0 && percent <= 100 ? percent / 100 : undefined;
}
