import type { Secret, Target } from '@omninode/service-kit';

/** A PostgreSQL server to watch. */
export interface DatabaseTarget {
  readonly id: string;
  /** `postgres://role:password@host:5432/database`. */
  readonly url: Secret;
  readonly labels: Readonly<Record<string, string>>;
}

/** The databases among the configured targets. */
export function databaseTargets(targets: readonly Target[]): readonly DatabaseTarget[] {
  return targets.flatMap(({ id, kind, url, labels }) => (kind === 'database' ? [{ id, url, labels }] : []));
}

/** What of an address may be said in messages. */
export interface Address {
  /** `host:port`. */
  readonly place: string;
  readonly role: string;
  readonly database: string;
}

export function addressOf({ url }: DatabaseTarget): Address {
  const { hostname, port, username, pathname, searchParams } = new URL(url.reveal());
  const role = decodeURIComponent(username) || 'postgres';
  return {
    place: `${hostname || searchParams.get('host') || 'localhost'}:${port || '5432'}`,
    role,
    database: decodeURIComponent(pathname.slice(1)) || role,
  };
}
