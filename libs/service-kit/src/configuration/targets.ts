import { z } from 'zod';
import { urlParts } from './address.js';
import { secret } from './secret.js';
import type { Secret } from './secret.js';

export const targetKinds = ['database', 'kafka', 'cache', 'breaker'] as const;
export type TargetKind = (typeof targetKinds)[number];

/** A thing watched. */
export interface Target {
  /** Unique among all targets; it is the `target` label of everything measured there. */
  readonly id: string;
  readonly kind: TargetKind;
  /** May hold a password: log `addressOf(url)` instead. */
  readonly url: Secret;
  readonly labels: Readonly<Record<string, string>>;
  /** The further keys that the kind's collector declares, already checked and typed by its schema. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What each kind's collector adds to a target; keys of a kind without a schema belong to another process and are left alone. */
export type TargetOptions = Partial<Readonly<Record<TargetKind, z.ZodObject>>>;

/** The variables that each name one target, whose id is `<kind>-default`. */
export const targetVariables: readonly { readonly kind: TargetKind; readonly name: string }[] = [
  { kind: 'database', name: 'OMNINODE_DATABASE_URL' },
  { kind: 'cache', name: 'OMNINODE_REDIS_URL' },
  { kind: 'kafka', name: 'OMNINODE_KAFKA_BROKERS' },
];

const urlForms: Readonly<Record<TargetKind, { schemes: readonly string[]; form: string }>> = {
  database: { schemes: ['postgres', 'postgresql'], form: 'postgres://user:password@host:5432/database' },
  cache: {
    schemes: ['redis', 'rediss', 'http', 'https'],
    form: 'redis://host:6379, rediss:// for TLS, or https://host/path for the statistics of an application cache',
  },
  kafka: { schemes: ['kafka', 'kafka+ssl'], form: 'host:9092,host:9092, or kafka+ssl://host:9092 for TLS' },
  breaker: { schemes: ['http', 'https'], form: 'http://host:port/path' },
};

/** The section `targets` for a process whose collectors add these options. */
export function targetsConfig(options: TargetOptions = {}) {
  const variants = targetKinds.map((kind) => variantOfKind(kind, options[kind]));
  return z
    .array(z.discriminatedUnion('kind', variants as [(typeof variants)[number]]))
    .superRefine((targets, context) => {
      const seen = new Set<string>();
      for (const [index, { id }] of targets.entries()) {
        if (seen.has(id))
          context.addIssue({
            code: 'custom',
            path: [index, 'id'],
            message: `"${id}" is the id of two targets; give each its own`,
          });
        seen.add(id);
      }
    })
    .transform((targets): readonly Target[] => targets.map(toTarget))
    .prefault([])
    .describe(
      'What is watched. OMNINODE_DATABASE_URL, OMNINODE_REDIS_URL and OMNINODE_KAFKA_BROKERS (or each with _FILE) add one target each, with the id database-default, cache-default or kafka-default.',
    );
}

function variantOfKind(kind: TargetKind, options: z.ZodObject | undefined) {
  return z
    .object({
      id: z
        .string()
        .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/)
        .meta({ expects: '1 to 63 characters a-z, 0-9, ".", "_" or "-", beginning with a letter or a digit' }),
      kind: z.literal(kind),
      url: urlOfKind(kind),
      labels: labelsSchema().prefault({}),
      ...options?.shape,
    })
    .meta({ foreign: options === undefined });
}

function urlOfKind(kind: TargetKind) {
  const { form } = urlForms[kind];
  return secret().superRefine((url, context) => {
    const problem = urlProblem(kind, url.reveal());
    if (problem) context.addIssue({ code: 'custom', message: `${problem}; it must be of the form ${form}` });
  });
}

/** What is wrong with a URL, in words that quote nothing that may be a user or a password. */
function urlProblem(kind: TargetKind, text: string): string | undefined {
  const { schemes } = urlForms[kind];
  if (/\s/.test(text)) return 'holds a space or a line break';
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined && kind !== 'kafka') return `does not begin with ${schemes[0]}://`;
  if (scheme !== undefined && !schemes.includes(scheme))
    return `begins with ${scheme}://, which is not watched as kind ${kind}`;
  const afterAuthority = text.replace(/^[a-z0-9+.-]*:\/\//i, '').replace(/^[^/?#]*/, '');
  if (afterAuthority.split('?')[0]!.includes('@') || afterAuthority.includes('#')) {
    return 'is malformed: write / ? # @ in a user or password as %2F %3F %23 %40';
  }
  if (!isDecodable(text)) return 'is malformed: write % in a user or password as %25';
  const parts = urlParts(text, schemes[0]);
  if (!parts || parts.hosts.length === 0) return 'is malformed: its host or port is not one';
  return kind === 'kafka' || URL.canParse(text) ? undefined : 'is malformed';
}

function labelsSchema() {
  return z
    .record(
      z
        .string()
        .regex(/^[a-z][a-z0-9_]{0,62}$/)
        .refine((name) => !reservedLabels.has(name)),
      z
        .string()
        .min(1)
        .max(128)
        .meta({ expects: 'text of 1 to 128 characters, in quotes where YAML would read it as a number' }),
    )
    .meta({
      expects: `names of a-z, 0-9 and _ (not ${[...reservedLabels].join(', ')}), each with a text of 1 to 128 characters`,
    });
}

/** Names that Prometheus or the mesh set themselves. */
const reservedLabels = new Set(['target', 'job', 'instance', 'le', 'service_name', 'service_instance']);

function toTarget({
  id,
  kind,
  url,
  labels,
  ...options
}: {
  id: string;
  kind: TargetKind;
  url: Secret;
  labels: Record<string, string>;
}): Target {
  return { id, kind, url, labels, options };
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false; // the only thing it throws: a malformed percent escape
  }
}
