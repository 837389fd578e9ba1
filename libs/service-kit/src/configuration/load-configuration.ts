import { errors } from '../errors.js';
import { checkKeys } from './check-keys.js';
import { describeIssues } from './describe-issues.js';
import { deepFreeze } from './deep-freeze.js';
import { readEnvironment } from './read-environment.js';
import { readFlags } from './read-flags.js';
import { readYaml } from './read-yaml.js';
import { sectionsElsewhere, serviceSections } from './service-config.js';
import { listSettings, rootOf } from './setting.js';
import { assemble } from './assemble.js';
import type { Environment } from './read-environment.js';
import type { Path, YamlFile } from './read-yaml.js';
import type { ConfigurationOf, Sections, Setting } from './setting.js';
import type { Source } from './source.js';
import type { TargetOptions } from './targets.js';

export interface ConfigurationOptions<S extends Sections = Record<never, never>> {
  /** What the libs of this process can be told, beside `http`, `log`, `data`, `shutdown` and `targets`, which all have. */
  readonly sections?: S;
  /** Without the program's name. Default: none. */
  readonly argv?: readonly string[];
  /** Default: the process's. */
  readonly env?: Environment;
  /** This process's own defaults, by path: `{ 'http.port': 8081 }`. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** What the collectors of this process add to a target of their kind. */
  readonly targetOptions?: TargetOptions;
  /** The folder that file names are relative to. Default: the process's. */
  readonly cwd?: string;
}

export type ServiceConfiguration = ConfigurationOf<ReturnType<typeof serviceSections>>;
export type Configuration<S extends Sections = Record<never, never>> = ConfigurationOf<S> & ServiceConfiguration;

export interface LoadedConfiguration<S extends Sections = Record<never, never>> {
  /** Frozen. */
  readonly values: Configuration<S>;
  readonly settings: readonly Setting[];
  sourceOf(path: Path): Source;
}

/**
 * Reads flags, environment and YAML file, in this order of precedence, over the defaults. Throws `CONFIGURATION_INVALID`
 * with every mistake at once, a line each in `fields.problems`.
 */
export function loadConfiguration<S extends Sections = Record<never, never>>(
  options: ConfigurationOptions<S> = {},
): LoadedConfiguration<S> {
  const { argv = [], env = process.env, cwd = process.cwd() } = options;
  const sections: Sections = { ...serviceSections(options.targetOptions), ...options.sections };
  const root = rootOf(sections);
  const settings = listSettings(root);
  const allPaths = settings.map(({ path }) => path);
  // What this process has itself is not elsewhere: a wrong name there is a mistake.
  const elsewhere = sectionsElsewhere.filter((other) => !allPaths.some((path) => `${path}.`.startsWith(`${other}.`)));
  const flags = readFlags(argv, settings);
  const environment = readEnvironment(env, settings, elsewhere);
  const file = flags.config ?? (env.OMNINODE_CONFIG || undefined);
  const yaml: YamlFile | undefined = file === undefined ? undefined : readYaml(file, cwd);

  const problems = [...flags.problems, ...(yaml?.problems ?? []), ...environment.problems];
  const fromFile = yaml && file ? checkKeys({ yaml, file, cwd, elsewhere, allPaths, problems }, root, yaml.tree) : {};
  const { tree, sourceOf } = assemble({
    root,
    settings,
    flags,
    environment,
    yaml,
    fromFile,
    defaults: options.defaults ?? {},
  });
  const parsed = root.safeParse(tree);
  if (!parsed.success) problems.push(...describeIssues(parsed.error.issues, { root, settings, tree, sourceOf }));
  if (problems.length > 0 || !parsed.success) throw invalid(problems);
  return {
    values: deepFreeze(parsed.data) as Configuration<S>,
    settings,
    sourceOf,
  };
}

function invalid(problems: readonly string[]) {
  const lines = [...new Set(problems)];
  return errors.CONFIGURATION_INVALID({
    count: lines.length === 1 ? 'one mistake' : `${lines.length} mistakes`,
    problems: lines.join('\n'),
  });
}
