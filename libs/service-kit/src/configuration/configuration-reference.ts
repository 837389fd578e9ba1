import { z } from 'zod';
import { expectationOf } from './expectation.js';
import { partOf, unwrap } from './schema-shape.js';
import { serviceSections } from './service-config.js';
import { listSettings, rootOf } from './setting.js';
import { targetKinds } from './targets.js';
import type { Sections, Setting } from './setting.js';
import type { TargetOptions } from './targets.js';

/**
 * The reference page of every setting, in Markdown, made from the schemas. `sections`: those of all libs, beside the ones
 * that every service has; `targetOptions`: what the collectors add to a target of their kind.
 */
export function configurationReference(sections: Sections = {}, targetOptions: TargetOptions = {}): string {
  const groups = Map.groupBy(
    listSettings(rootOf({ ...serviceSections(targetOptions), ...sections })),
    ({ path }) => path.split('.').slice(0, -1).join('.') || path,
  );
  const { targets, ...rest } = Object.fromEntries(groups);
  return `${[
    introduction,
    ...Object.entries(rest).map(([group, settings]) => groupSection(group, settings!)),
    targetSection(targets ?? [], targetOptions),
  ].join('\n\n')}\n`;
}

const introduction = `# Configuration

Every setting has one name. \`http.port\` is the key \`port\` in the group \`http\` of the configuration file, the variable \`OMNINODE_HTTP_PORT\` and the flag \`--http.port\`.

- Flags win over variables, variables over the file, the file over defaults. \`--print-config\` prints each value and where it comes from, without secrets; \`--help\` lists the settings of a service.
- The file is YAML, named by \`--config\` or \`OMNINODE_CONFIG\`; without either there is none. One file and one environment can serve all services: a service leaves the groups of the others alone.
- Every variable \`X\` can be given as \`X_FILE\`, the name of a file that holds the value; in the YAML file a secret \`url\` can be given as \`urlFile\`, relative to the file that says so. Both at once is an error. Secrets can't be given as flags.
- An empty variable counts as not set. A duration is written with its unit (\`250ms\`, \`15s\`, \`5m\`, \`1h\`, \`30d\`), a size too (\`64KiB\`, \`256MiB\`); a switch is \`true\` or \`false\`.
- Unknown keys, flags and variables that begin with \`OMNINODE_\` are errors. A service that can't use its configuration says every mistake, a line each, and exits with code 2.`;

function groupSection(group: string, settings: readonly Setting[]): string {
  const rows = settings.map((setting) => [
    `\`${setting.path}\``,
    setting.environment.map((name) => `\`${name}\``).join(', ') || 'file only',
    meaningOf(setting),
    sentence(setting.expects),
    defaultOf(setting.fallback),
  ]);
  return `## ${group}\n\n${table(['setting', 'variable', 'meaning', 'value', 'default'], rows)}`;
}

function targetSection(settings: readonly Setting[], targetOptions: TargetOptions): string {
  const root = rootOf(serviceSections(targetOptions));
  const part = (kind: string, key: string) => partOf(elementOf(partOf(root, 'targets', undefined)!), key, { kind })!;
  const common = ['id', 'kind', 'url', 'labels'].map((key) => [
    `\`${key}\``,
    'all',
    commonMeanings[key]!,
    key === 'kind' ? sentence(`one of ${targetKinds.join(', ')}`) : sentence(expectationOf(part('database', key))),
    key === 'labels' ? 'none' : 'must be set',
  ]);
  const own = targetKinds.flatMap((kind) =>
    Object.entries((targetOptions[kind]?.shape ?? {}) as Record<string, z.ZodType>).map(([key, schema]) => {
      const { meta, fallback, optional } = unwrap(schema);
      return [
        `\`${key}\``,
        kind,
        meta.description ?? '',
        sentence(expectationOf(schema)),
        defaultOf(fallback, optional),
      ];
    }),
  );
  return `## targets\n\n${settings.map(meaningOf).join(' ')}\n\n${table(['key', 'kind', 'meaning', 'value', 'default'], [...common, ...own])}`;
}

const commonMeanings: Readonly<Record<string, string>> = {
  id: 'The name of the target: the label `target` of everything measured there. Unique.',
  kind: 'What it is, and so which collector watches it.',
  url: 'Where it is, a secret: give `urlFile` instead to keep it out of the file. `postgres://user:password@host:5432/database`, `redis://host:6379`, `rediss://…` for TLS, `host:9092,host:9092` for Kafka or `kafka+ssl://…` for TLS, `http://host:port/path` for breakers. `/ ? # @ %` in a user or password are written `%2F %3F %23 %40 %25`.',
  labels: 'Further labels of everything measured there.',
};

function elementOf(schema: z.ZodType): z.ZodType {
  const { core } = unwrap(schema);
  return core instanceof z.ZodArray ? (core.element as unknown as z.ZodType) : core;
}

function meaningOf({ meaning, unit }: Setting): string {
  return unit ? `${meaning} Unit: ${unit}.` : meaning;
}

function defaultOf(fallback: unknown, optional = true): string {
  if (fallback === undefined) return optional ? 'none' : 'must be set';
  return `\`${typeof fallback === 'string' ? fallback : JSON.stringify(fallback)}\``;
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

/** Written as the formatter would leave it: cells padded to the width of their column. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|').replace(/\s+/g, ' ')));
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(all[0]!), line(widths.map((width) => '-'.repeat(width))), ...all.slice(1).map(line)].join('\n');
}
