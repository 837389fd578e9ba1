import type { MeasurementEvent } from '@omninode/contracts';
import type { Meter } from '../meter/meter.js';

/** Something that is watched. */
export interface Watch {
  /** Lets go of it, and leaves it as it was found. */
  stop(): void;
}

/** What a watch works with. */
export interface WatchContext {
  readonly meter: Meter;
  /** Topics of a producer or consumer that are told apart. */
  readonly maxTopics: number;
  /** The client's own: what it sends there is no traffic of the host. */
  readonly topic: string;
  event(event: MeasurementEvent): void;
  /** ms since 1970 UTC. */
  now(): number;
  onProblem(error: unknown): void;
}

/** A watch of several parts: they end in the reverse order of their beginning. */
export function watchOf(stops: readonly (() => void)[]): Watch {
  return { stop: () => stops.toReversed().forEach((stop) => stop()) };
}
