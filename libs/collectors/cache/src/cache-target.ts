import { addressOf, secret } from '@omninode/service-kit';
import type { Secret, Target } from '@omninode/service-kit';
import { z } from 'zod';

/** A Redis or Valkey server, or the statistics of an application's caches at an HTTP address. */
export interface CacheTarget {
  readonly id: string;
  /** `redis://user:password@host:6379`, `rediss://…` for TLS, `http(s)://…` for JSON. */
  readonly url: Secret;
  readonly labels: Readonly<Record<string, string>>;
  /** What the one cache of an HTTP address is called where its JSON names none. */
  readonly cache: string;
  /** Sent to an HTTP address as bearer token. */
  readonly token?: Secret;
  readonly tls: TlsFiles;
}

/** PEM files; absent: the system's authorities, and no certificate of ours. */
export interface TlsFiles {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

export const defaultCacheName = 'application';

/** The keys that a configured target of kind cache has besides those of every target. */
export const cacheTargetOptions = z.object({
  cache: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/)
    .meta({ expects: '1 to 64 characters A-Z, a-z, 0-9, "_", "." or "-", beginning with a letter' })
    .default(defaultCacheName)
    .describe('What the cache is called whose statistics an HTTP address serves; its label `cache`.'),
  token: secret().optional().describe('The bearer token that an HTTP address asks for.'),
  caFile: z.string().min(1).optional().describe('PEM file of the authority that signed the certificate of the server.'),
  certFile: z.string().min(1).optional().describe('PEM file of our certificate, where the server asks for one.'),
  keyFile: z.string().min(1).optional().describe('PEM file of the key of our certificate.'),
});

/** The caches among the configured targets. */
export function cacheTargets(targets: readonly Target[]): readonly CacheTarget[] {
  return targets.flatMap((target) => (target.kind === 'cache' ? [configured(target)] : []));
}

function configured({ id, url, labels, options }: Target): CacheTarget {
  // A process that does not declare these options leaves them out: then the defaults hold.
  const { cache = defaultCacheName, token, ...tls } = options as Partial<z.infer<typeof cacheTargetOptions>>;
  return { id, url, labels, cache, token, tls };
}

export function isServer({ url }: Pick<CacheTarget, 'url'>): boolean {
  return /^rediss?:/i.test(url.reveal());
}

/** What of an address may be said in messages. */
export interface Address {
  /** `host:port`. */
  readonly place: string;
  readonly user: string;
}

/** `default` is who logs in to Redis without a name. */
export function placeOf({ url }: Pick<CacheTarget, 'url'>): Address {
  const user = decodeURIComponent(new URL(url.reveal()).username) || 'default';
  return { place: addressOf(url).split('/')[0] as string, user };
}
