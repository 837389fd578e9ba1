/** A PostgreSQL server to watch. */
export interface DatabaseTarget {
  readonly id: string;
  /** `postgres://role:password@host:5432/database`. Secret: never logged, never part of a message. */
  readonly url: string;
}

/** What of an address may be said in messages. */
export interface Address {
  /** `host:port`. */
  readonly place: string;
  readonly role: string;
  readonly database: string;
}

export function addressOf({ url }: DatabaseTarget): Address {
  const { hostname, port, username, pathname, searchParams } = new URL(url);
  const role = decodeURIComponent(username) || 'postgres';
  return {
    place: `${hostname || searchParams.get('host') || 'localhost'}:${port || '5432'}`,
    role,
    database: decodeURIComponent(pathname.slice(1)) || role,
  };
}

export function isPostgresUrl(url: string): boolean {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) return false;
  try {
    addressOf({ id: '', url });
    return true;
  } catch {
    return false; // a broken percent-escape
  }
}
