import { readOnce, systemClock, type ReadOnceOptions, type TargetReading } from '@omninode/collector-kit';
import type { Target } from '@omninode/service-kit';
import type { z } from 'zod';

/** How a kind of target is looked at: with the reader and the families of its collector. */
export interface Watching {
  /** The collector's own settings, `collectors.<kind>`. */
  readonly section: z.ZodObject;
  /** What a target of this kind may have beside its URL. */
  readonly targetOptions: z.ZodObject;
  look(target: Target, section: unknown, signal: AbortSignal): Promise<TargetReading>;
}

interface Declared<S extends z.ZodObject, T, Q> extends Pick<Watching, 'targetOptions'> {
  readonly section: S;
  watch(target: Target, section: z.output<S>): Omit<ReadOnceOptions<T, Q>, 'clock' | 'signal'>;
}

/** Keeps what the kind's target and questions are to itself. */
export function defineWatching<S extends z.ZodObject, T, Q>({ watch, ...kind }: Declared<S, T, Q>): Watching {
  return {
    ...kind,
    look: (target, section, signal) =>
      readOnce({ ...watch(target, section as z.output<S>), clock: systemClock, signal }),
  };
}
