import { breakerHealth } from '@omninode/contracts';

const slotMs = 10_000;
const slots = 30;

interface Slot {
  nth: number;
  attempts: number;
  lost: number;
  watchedSeconds: number;
  openSeconds: number;
}

/** What happened to a breaker in the latest five minutes, in slots of ten seconds. Times are by the monotonic clock, ms. */
export class HealthWindow {
  private readonly ring: Slot[] = Array.from({ length: slots }, () => emptySlot(-1));

  call(wasLost: boolean, atMs: number): void {
    const slot = this.slotAt(atMs);
    slot.attempts += 1;
    if (wasLost) slot.lost += 1;
  }

  passTime(seconds: number, wasOpen: boolean, atMs: number): void {
    const slot = this.slotAt(atMs);
    slot.watchedSeconds += seconds;
    if (wasOpen) slot.openSeconds += seconds;
  }

  /** `undefined`: too few calls to tell. */
  health(atMs: number): number | undefined {
    const oldest = Math.floor(atMs / slotMs) - slots;
    const sum = emptySlot(0);
    for (const slot of this.ring) {
      if (slot.nth <= oldest) continue;
      sum.attempts += slot.attempts;
      sum.lost += slot.lost;
      sum.watchedSeconds += slot.watchedSeconds;
      sum.openSeconds += slot.openSeconds;
    }
    return breakerHealth(sum);
  }

  private slotAt(atMs: number): Slot {
    const nth = Math.floor(atMs / slotMs);
    const slot = this.ring[nth % slots]!;
    if (slot.nth !== nth) Object.assign(slot, emptySlot(nth));
    return slot;
  }
}

function emptySlot(nth: number): Slot {
  return { nth, attempts: 0, lost: 0, watchedSeconds: 0, openSeconds: 0 };
}
