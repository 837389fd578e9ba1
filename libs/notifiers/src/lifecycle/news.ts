import { rankOf } from './alert.js';
import type { KnownAlert } from './known-alerts.js';
import type { News } from './notification.js';
import type { Told } from './told.js';

/** What of an alert its receiver should hear and has not; undefined: it knows all of it. */
export function newsOf(alert: KnownAlert, told: Told | undefined, isMuted: boolean): News | undefined {
  const { record, isFlapping } = alert;
  const wasToldFiring = told?.state === 'firing';
  // What flaps is told as firing until it is calm: neither cleared nor fired again.
  if (isFlapping && wasToldFiring) return worsened(alert, told, isMuted);
  // Also while it is muted: whoever was told that it fires waits for this.
  if (record.state === 'resolved') return wasToldFiring ? 'resolved' : undefined;
  if (isMuted) return undefined;
  if (!wasToldFiring || told.startsAtMs !== record.startsAt) return 'fired';
  return worsened(alert, told, isMuted);
}

/** A fall is told with the next message about the group; so a rise back to what was told is no news. */
function worsened({ record }: KnownAlert, told: Told, isMuted: boolean): News | undefined {
  return !isMuted && rankOf(record.severity) > rankOf(told.severity) ? 'escalated' : undefined;
}
