import { readFileSync } from 'node:fs';
import { errorCode } from '@omninode/contracts';
import type { KafkaConnection } from '@omninode/kafka-link';
import { brokersOf, Secret, secret } from '@omninode/service-kit';
import type { Target } from '@omninode/service-kit';
import { z } from 'zod';
import { errors } from './errors.js';

/** A Kafka cluster to watch. */
export interface KafkaTarget {
  readonly id: string;
  /** `host:port` each, of some of its brokers. */
  readonly brokers: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly login?: Login;
  /** Absent: no TLS. */
  readonly tls?: TlsFiles;
}

export interface Login {
  readonly mechanism: (typeof mechanisms)[number];
  readonly username: string;
  readonly password: Secret;
}

/** PEM files; absent: the system's authorities, and no certificate of ours. */
export interface TlsFiles {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** The keys that a configured target of kind kafka has besides those of every target. */
export const kafkaTargetOptions = z.object({
  mechanism: z.enum(mechanisms).default('scram-sha-512').describe('How the user logs in, where there is one.'),
  username: z
    .string()
    .min(1)
    .optional()
    .describe('Who logs in. Default: the user of the URL; without one nobody does.'),
  password: secret().optional().describe('The password of the user. Default: that of the URL.'),
  caFile: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file of the authority that signed the certificates of the brokers.'),
  certFile: z.string().min(1).optional().describe('PEM file of our certificate, where the brokers ask for one.'),
  keyFile: z.string().min(1).optional().describe('PEM file of the key of our certificate.'),
});

/** The Kafka clusters among the configured targets. */
export function kafkaTargets(targets: readonly Target[]): readonly KafkaTarget[] {
  return targets.flatMap((target) => (target.kind === 'kafka' ? [configured(target)] : []));
}

function configured({ id, url, labels, options }: Target): KafkaTarget {
  // A process that does not declare these options leaves them out: then the defaults hold.
  const { mechanism, username, password, ...tls } = options as Partial<z.infer<typeof kafkaTargetOptions>>;
  return toKafkaTarget({ id, url, labels, tls, login: { mechanism, username, password } });
}

export interface TargetParts {
  readonly id: string;
  readonly url: Secret;
  readonly labels: Readonly<Record<string, string>>;
  readonly tls: TlsFiles;
  /** What the URL doesn't say. */
  readonly login: { [K in keyof Login]?: Login[K] | undefined };
}

export function toKafkaTarget({ id, url, labels, tls, login }: TargetParts): KafkaTarget {
  const text = url.reveal();
  const [user, password] = credentialsOf(text);
  const username = login.username ?? user;
  return {
    id,
    brokers: brokersOf(url),
    labels,
    ...(/^kafka\+ssl:/i.test(text) ? { tls } : {}),
    ...(username === undefined
      ? {}
      : {
          login: {
            mechanism: login.mechanism ?? 'scram-sha-512',
            username,
            password: login.password ?? new Secret(password ?? ''),
          },
        }),
  };
}

/** Throws TLS_FILE_UNREADABLE. */
export function connectionTo(
  { brokers, tls, login }: KafkaTarget,
  { connectTimeoutMs, requestTimeoutMs }: { readonly connectTimeoutMs: number; readonly requestTimeoutMs: number },
): KafkaConnection {
  return {
    brokers,
    clientId: 'omninode-mesh',
    connectTimeoutMs,
    requestTimeoutMs,
    ...(tls && { tls: tlsOptions(tls) }),
    ...(login && {
      sasl: {
        mechanism: login.mechanism,
        username: login.username,
        password: login.password.reveal(),
      } as NonNullable<KafkaConnection['sasl']>,
    }),
  };
}

function tlsOptions({ caFile, certFile, keyFile }: TlsFiles): NonNullable<KafkaConnection['tls']> {
  const options = { ca: readPem(caFile), cert: readPem(certFile), key: readPem(keyFile) };
  const said = Object.entries(options).filter(([, value]) => value !== undefined);
  return said.length > 0 ? Object.fromEntries(said) : true;
}

function readPem(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw errors.TLS_FILE_UNREADABLE({ file, code: errorCode(error) }, error);
  }
}

/** User and password before the hosts of a URL, `kafka://user:password@a:9092,b:9092`. */
function credentialsOf(url: string): readonly [user?: string, password?: string] {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(url)?.[1];
  if (!authority) return [];
  const [user = '', ...password] = authority.split(':');
  return [decodeURIComponent(user), decodeURIComponent(password.join(':'))];
}
