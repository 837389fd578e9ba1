import type { AlertRecord } from '@omninode/contracts';
import { labelsOf } from './alert.js';
import type { MissedAlert } from './told.js';

/** So many are kept by name; the others are counted. */
const mostKept = 100;
/** A backlog comes in one go: the summary waits until nothing has been added for so long, but not for ever. */
const settleMs = 5_000;
const longestWaitMs = 60_000;

/** Alerts that fired and cleared before anybody could be told: told together, in one summary. */
export class Missed {
  #alerts: MissedAlert[] = [];
  #count = 0;
  #firstAtMs = 0;
  #lastAtMs = 0;

  add(alert: AlertRecord, nowMs: number): void {
    if (this.#count === 0) this.#firstAtMs = nowMs;
    this.#lastAtMs = nowMs;
    this.#count++;
    const { fingerprint, severity, annotations, startsAt, endsAt = startsAt } = alert;
    this.#alerts.push({
      fingerprint,
      severity,
      labels: labelsOf(alert),
      annotations,
      startsAtMs: startsAt,
      endsAtMs: endsAt,
    });
    if (this.#alerts.length > mostKept) this.#alerts.shift();
  }

  /** When the summary is due, ms since 1970 UTC; undefined without any. */
  get dueMs(): number | undefined {
    if (this.#count === 0) return undefined;
    return Math.min(this.#lastAtMs + settleMs, this.#firstAtMs + longestWaitMs);
  }

  get oldestMs(): number | undefined {
    return this.#count === 0 ? undefined : this.#firstAtMs;
  }

  get alerts(): readonly MissedAlert[] {
    return this.#alerts;
  }

  get count(): number {
    return this.#count;
  }

  /** Those that were told; more may have come since. */
  told(alerts: number, count: number): void {
    this.#alerts.splice(0, Math.max(0, this.#alerts.length - (this.#count - count)));
    this.#count -= count;
    if (alerts > 0 && this.#count > 0) this.#firstAtMs = this.#lastAtMs;
  }

  form(): { alerts: MissedAlert[]; count: number } {
    return { alerts: [...this.#alerts], count: this.#count };
  }

  restore({ alerts, count }: { alerts: readonly MissedAlert[]; count: number }, nowMs: number): void {
    this.#alerts = [...alerts];
    this.#count = count;
    this.#firstAtMs = this.#lastAtMs = nowMs;
  }
}
