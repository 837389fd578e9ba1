import { secret } from '@omninode/service-kit';
import type { Secret, Target } from '@omninode/service-kit';
import { z } from 'zod';

/** A PostgreSQL server to watch, or the console of a PgBouncer. */
export interface DatabaseTarget {
  readonly id: string;
  /** `postgres://role:password@host:5432/database`. */
  readonly url: Secret;
  readonly labels: Readonly<Record<string, string>>;
  /** Absent: a console is known by the name of its database. */
  readonly pgbouncer?: boolean | undefined;
  /** Cores of the server's machine; absent: not known. */
  readonly cores?: number | undefined;
  /** Databases whose tables are read; absent: all of them. */
  readonly includeDatabases?: readonly string[] | undefined;
  readonly excludeDatabases?: readonly string[] | undefined;
  /** Pools of services, which tell of them by HTTP. */
  readonly pools?: readonly ApplicationPool[] | undefined;
}

export interface ApplicationPool {
  /** Its label `pool`. */
  readonly pool: string;
  /** May hold a user and a password. */
  readonly url: Secret;
  readonly token?: Secret | undefined;
}

const applicationPool = z.object({
  pool: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/)
    .refine((name) => name !== 'server' && name !== 'other')
    .meta({
      expects: '1 to 64 characters A-Z, a-z, 0-9, "_", "." or "-", beginning with a letter; not server or other',
    })
    .describe('What the pool is called; its label `pool`.'),
  url: secret()
    .superRefine((url, context) => {
      if (/^https?:\/\/[^/?#\s]+\S*$/i.test(url.reveal()) && URL.canParse(url.reveal())) return;
      context.addIssue({ code: 'custom', message: 'is not of the form https://host/path' });
    })
    .describe('Where a service serves the JSON of PostgresClient.health_check(), or a health page that holds it.'),
  token: secret().optional().describe('The bearer token that the address asks for.'),
});

/** The keys that a configured target of kind database has besides those of every target. */
export const databaseTargetOptions = z.object({
  pgbouncer: z
    .boolean()
    .optional()
    .describe(
      'Whether the address is the console of a PgBouncer. Without it, it is one where its database is called pgbouncer.',
    ),
  cores: z
    .number()
    .int()
    .min(1)
    .max(4_096)
    .optional()
    .describe('Cores of the machine that the server runs on, which it does not tell. Its load is judged by them.'),
  includeDatabases: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe(
      'Databases whose tables are read. Without it, all but templates and those that a cloud keeps for itself.',
    ),
  excludeDatabases: z.array(z.string().min(1)).default([]).describe('Databases whose tables are not read.'),
  pools: z
    .array(applicationPool)
    .max(20)
    .default([])
    .describe('Pools of services in front of the server, which tell of them by HTTP.'),
});

/** The databases among the configured targets. */
export function databaseTargets(targets: readonly Target[]): readonly DatabaseTarget[] {
  return targets.flatMap(({ id, kind, url, labels, options }) =>
    // A process that does not declare these options leaves them out: then the defaults hold.
    kind === 'database' ? [{ id, url, labels, ...(options as Partial<z.infer<typeof databaseTargetOptions>>) }] : [],
  );
}

export function isConsole(target: DatabaseTarget): boolean {
  return addressOf(target).server === 'PgBouncer';
}

/** What of an address may be said in messages. */
export interface Address {
  /** `host:port`. */
  readonly place: string;
  readonly role: string;
  readonly database: string;
  /** What answers there. */
  readonly server: 'PostgreSQL' | 'PgBouncer';
}

export function addressOf({ url, pgbouncer }: Pick<DatabaseTarget, 'url' | 'pgbouncer'>): Address {
  const { hostname, port, username, pathname, searchParams } = new URL(url.reveal());
  const role = decodeURIComponent(username) || 'postgres';
  const database = decodeURIComponent(pathname.slice(1)) || role;
  return {
    place: `${hostname || searchParams.get('host') || 'localhost'}:${port || '5432'}`,
    role,
    database,
    server: (pgbouncer ?? database === 'pgbouncer') ? 'PgBouncer' : 'PostgreSQL',
  };
}
