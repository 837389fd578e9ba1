import type { AlertRecord } from '@omninode/contracts';
import { dayMs } from '../keeper/hours.js';

/** An alert from when it fired until it was resolved. */
export interface AlertInterval {
  readonly fingerprint: string;
  readonly name: string;
  readonly severity: string;
  readonly summary: string;
  /** The target or service that it is about; `undefined`: of no single one. */
  readonly entity: string | undefined;
  /** ms since 1970 UTC. */
  readonly startsAtMs: number;
  /** Infinity: it fires still. */
  readonly endsAtMs: number;
}

const keptMs = 31 * dayMs;
const mostIntervals = 20_000;

/** When alerts fired, by their records in the order of the topic; the same after any of them came again. */
export class AlertIntervals {
  private readonly byStart = new Map<string, AlertInterval>();
  private newestMs = 0;

  take(record: AlertRecord): void {
    this.newestMs = Math.max(this.newestMs, record.time);
    if (record.state === 'pending' || record.neverFired) return;
    const { fingerprint, name, severity, labels, annotations, startsAt, endsAt = Infinity } = record;
    const key = `${fingerprint} ${startsAt}`;
    this.byStart.delete(key);
    this.byStart.set(key, {
      fingerprint,
      name,
      severity,
      summary: annotations.summary ?? annotations.description ?? '',
      entity: labels.target ?? labels.service_name,
      startsAtMs: startsAt,
      endsAtMs: endsAt,
    });
    this.dropOld();
  }

  /** Those that overlap a time, the earliest first. */
  within(fromMs: number, toMs: number): AlertInterval[] {
    return [...this.byStart.values()]
      .filter(({ startsAtMs, endsAtMs }) => startsAtMs < toMs && endsAtMs > fromMs)
      .sort((a, b) => a.startsAtMs - b.startsAtMs);
  }

  isAlerting(entity: string, fromMs: number, toMs: number): boolean {
    for (const interval of this.byStart.values()) {
      if (interval.entity === entity && interval.startsAtMs < toMs && interval.endsAtMs > fromMs) return true;
    }
    return false;
  }

  private dropOld(): void {
    if (this.byStart.size <= mostIntervals) return;
    for (const [key, { endsAtMs }] of this.byStart) if (endsAtMs < this.newestMs - keptMs) this.byStart.delete(key);
    const [oldest] = this.byStart.keys();
    if (this.byStart.size > mostIntervals && oldest !== undefined) this.byStart.delete(oldest);
  }
}
