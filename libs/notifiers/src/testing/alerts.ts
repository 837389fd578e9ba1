import type { AlertRecord } from '@omninode/contracts';

/** A record of the alert topic; `n` makes the fingerprint. */
export function alert(n: number, over: Partial<AlertRecord> = {}): AlertRecord {
  const state = over.state ?? 'firing';
  const startsAt = over.startsAt ?? 1_790_000_000_000;
  return {
    v: 1,
    fingerprint: n.toString(16).padStart(16, '0'),
    name: 'PoolExhausted',
    state,
    severity: 'warning',
    labels: { alertname: 'PoolExhausted', target: `db-${n}` },
    annotations: { summary: `db-${n} has no connections left.` },
    startsAt,
    ruleVersion: '1',
    time: startsAt,
    ...(state === 'resolved' && { endsAt: over.time ?? startsAt + 1_000 }),
    ...over,
  };
}
