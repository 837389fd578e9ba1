import type { BreakerCause, BreakerState } from '@omninode/contracts';

/** Forced, disabled and observing breakers came there by hand, and leave by hand. */
export function causeOf(from: BreakerState, to: BreakerState): BreakerCause {
  if (byHand.has(from) || byHand.has(to)) return 'manual';
  if (from === 'closed' && to === 'open') return 'threshold';
  if (from === 'half_open') return 'probe';
  return 'unknown';
}

const byHand: ReadonlySet<BreakerState> = new Set(['forced_open', 'disabled', 'metrics_only', 'shutdown']);
