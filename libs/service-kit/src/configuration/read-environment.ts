import { environmentName } from './setting.js';
import { nearest } from './nearest.js';
import { problemLine } from './source.js';
import { readValueFile } from './read-value-file.js';
import { targetVariables } from './targets.js';
import type { Setting } from './setting.js';
import type { TargetKind } from './targets.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A text and the variable that holds it, or that names the file that holds it. */
export interface VariableText {
  readonly text: string;
  readonly variable: string;
}

export interface EnvironmentValues {
  /** By the path of the setting. */
  readonly values: ReadonlyMap<string, VariableText>;
  readonly targets: readonly ({ readonly kind: TargetKind } & VariableText)[];
  readonly problems: readonly string[];
}

/** Variables that other programs of the mesh read. */
const variablesElsewhere = new Set(['OMNINODE_CACHE_DIR']);

/** Reads the variables of the settings. An empty variable counts as not set: compose files pass those on. */
export function readEnvironment(
  env: Environment,
  settings: readonly Setting[],
  elsewhere: readonly string[],
): EnvironmentValues {
  const problems: string[] = [];
  const values = new Map<string, VariableText>();
  for (const { path, environment } of settings) {
    const found = environment.flatMap((name) => readVariable(env, name, problems));
    if (found.length > 1)
      problems.push(
        problemLine(`environment ${found[0]!.variable}`, `${found[1]!.variable} sets ${path} too; keep one.`),
      );
    if (found[0]) values.set(path, found[0]);
  }
  const targets = targetVariables.flatMap(({ kind, name }) =>
    readVariable(env, name, problems).map((found) => ({ kind, ...found })),
  );
  const known = [
    ...settings.flatMap(({ environment }) => environment),
    ...targetVariables.map(({ name }) => name),
    'OMNINODE_CONFIG',
  ];
  return { values, targets, problems: [...problems, ...unknownVariables(env, known, elsewhere)] };
}

function readVariable(env: Environment, name: string, problems: string[]): VariableText[] {
  const text = env[name];
  const file = env[`${name}_FILE`];
  if (text && file) {
    problems.push(problemLine(`environment ${name}`, `${name} and ${name}_FILE are both set; keep one.`));
    return [];
  }
  if (text) return [{ text, variable: name }];
  if (!file) return [];
  const content = readValueFile(file);
  if ('value' in content) return [{ text: content.value, variable: `${name}_FILE` }];
  problems.push(problemLine(`environment ${name}_FILE`, `${content.problem}.`));
  return [];
}

function unknownVariables(env: Environment, known: readonly string[], elsewhere: readonly string[]): string[] {
  const prefixes = elsewhere.map(environmentName);
  const isElsewhere = (name: string) => prefixes.some((prefix) => name === prefix || name.startsWith(`${prefix}_`));
  return Object.keys(env)
    .filter((name) => name.startsWith('OMNINODE_') && env[name] !== undefined && !isServiceLink(name, env[name]))
    .filter((name) => !known.includes(name) && !known.includes(name.replace(/_FILE$/, '')))
    .filter((name) => !variablesElsewhere.has(name) && !isElsewhere(name))
    .map((name) => {
      const meant = nearest(name, known);
      return problemLine(
        `environment ${name}`,
        meant
          ? `no setting has this variable. Did you mean ${meant}?`
          : 'no setting has this variable; unset it. --help lists all.',
      );
    });
}

/** Kubernetes sets these for every Service whose name begins with omninode: `OMNINODE_X_SERVICE_HOST`, `OMNINODE_X_PORT=tcp://…`. */
function isServiceLink(name: string, value: string): boolean {
  return (
    /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name) ||
    (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value))
  );
}
