import type { IncidentName } from './incident-names.js';

/** Something that goes wrong on purpose. */
export interface Incident {
  readonly name: IncidentName;
  /** What a person sees of it, in a sentence. */
  readonly sentence: string;
  /** Why it can't happen here; absent: it can. */
  readonly impossible?: string;
  /** Resolves when all is well again, which it is at once when the signal aborts. */
  happen(signal: AbortSignal): Promise<void>;
}
