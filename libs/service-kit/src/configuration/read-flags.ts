import { withoutCredentials } from '../log/presentable.js';
import { problemLine } from './source.js';
import { nearest } from './nearest.js';
import type { Setting } from './setting.js';

export interface Flags {
  readonly values: ReadonlyMap<string, string>;
  readonly config: string | undefined;
  readonly problems: readonly string[];
}

/** Flags without a value; `runService` looks for them. */
export const switches: readonly string[] = ['print-config', 'help'];

/** Reads `--http.port=8081` or `--http.port 8081`, `--config <file>`, `--print-config` and `--help`. */
export function readFlags(argv: readonly string[], settings: readonly Setting[]): Flags {
  const values = new Map<string, string>();
  const problems: string[] = [];
  const known = [...settings.filter(({ environment }) => environment.length > 0).map(({ path }) => path), 'config'];
  const rest = [...argv];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    const match = /^--([^=]+)(?:=(.*))?$/s.exec(argument);
    if (!match) {
      problems.push(
        problemLine('command line', `"${shorten(argument)}" is not a flag; settings are given as --http.port=8080.`),
      );
      continue;
    }
    const name = match[1]!;
    if (switches.includes(name)) continue;
    const value = match[2] ?? (rest[0] === undefined || rest[0].startsWith('--') ? undefined : rest.shift());
    const problem = problemOf(name, value, known, settings, values);
    if (problem) problems.push(problemLine(`flag --${shorten(name)}`, problem));
    else values.set(name, value!);
  }
  const config = values.get('config');
  values.delete('config');
  return { values, config, problems };
}

function problemOf(
  name: string,
  value: string | undefined,
  known: readonly string[],
  settings: readonly Setting[],
  values: ReadonlyMap<string, string>,
): string | undefined {
  if (!known.includes(name)) {
    const meant = nearest(name, [...known, ...switches]);
    return meant ? `it is not a setting. Did you mean --${meant}?` : 'it is not a setting; --help lists them.';
  }
  const setting = settings.find(({ path }) => path === name);
  if (setting?.kind === 'secret') {
    return `a secret on a command line can be read by every user of the machine; use ${setting.environment[0]}_FILE.`;
  }
  if (value === undefined) return `it has no value; give it as --${name}=….`;
  return values.has(name) ? 'it is given twice; keep one.' : undefined;
}

function shorten(text: string): string {
  const shown = withoutCredentials(text);
  return shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
}
