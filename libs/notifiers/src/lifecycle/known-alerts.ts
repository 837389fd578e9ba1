import type { AlertRecord } from '@omninode/contracts';
import { labelsOf, type LabelledAlert } from './alert.js';
import { Flapping } from './flapping.js';

/** An alert as the alert topic tells it. */
export interface KnownAlert extends LabelledAlert {
  /** Ms since 1970 UTC. */
  readonly takenAtMs: number;
  readonly isFlapping: boolean;
}

/** The newest record of every alert that fires, or that has cleared and is not forgotten. */
export class KnownAlerts {
  readonly #alerts = new Map<string, KnownAlert>();
  readonly #flapping = new Map<string, Flapping>();

  /** Takes a record of the topic that is not older than what is known; false when it tells nothing new. */
  take(record: AlertRecord, nowMs: number): boolean {
    const { fingerprint, state, startsAt } = record;
    const known = this.#alerts.get(fingerprint)?.record;
    const isChange = known?.state !== state || known.startsAt !== startsAt;
    if (isChange) this.#flappingOf(fingerprint).changed(record.time);
    const isFlapping = this.#flapping.get(fingerprint)?.judge(record.time) ?? false;
    this.#alerts.set(fingerprint, { record, labels: labelsOf(record), takenAtMs: nowMs, isFlapping });
    return isChange;
  }

  /** What flapped may have calmed down since its last change. */
  pass(nowMs: number): void {
    for (const [fingerprint, flapping] of this.#flapping) {
      const isFlapping = flapping.judge(nowMs);
      const known = this.#alerts.get(fingerprint);
      if (known && known.isFlapping !== isFlapping) this.#alerts.set(fingerprint, { ...known, isFlapping });
      if (flapping.isQuiet) this.#flapping.delete(fingerprint);
    }
  }

  get(fingerprint: string): KnownAlert | undefined {
    return this.#alerts.get(fingerprint);
  }

  forget(fingerprint: string): void {
    this.#alerts.delete(fingerprint);
  }

  all(): IterableIterator<KnownAlert> {
    return this.#alerts.values();
  }

  *firing(): Generator<KnownAlert> {
    for (const alert of this.#alerts.values()) if (alert.record.state === 'firing') yield alert;
  }

  get size(): number {
    return this.#alerts.size;
  }

  #flappingOf(fingerprint: string): Flapping {
    const found = this.#flapping.get(fingerprint) ?? new Flapping();
    this.#flapping.set(fingerprint, found);
    return found;
  }
}
