import { parseArgs } from 'node:util';
import { nearest, withoutCredentials } from '@omninode/service-kit';
import { errors } from '../errors.js';
import type { Command } from './command.js';

export interface Words {
  readonly given: Readonly<Record<string, string | true>>;
  readonly words: readonly string[];
  readonly wantsHelp: boolean;
}

/** Reads what stands behind the name of a command. Throws for what the command does not know. */
export function readFlags({ name: command, flags }: Command, args: readonly string[]): Words {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { value }]) => [
      name,
      { type: value ? ('string' as const) : ('boolean' as const) },
    ]),
  );
  const { tokens } = parseArgs({
    args: [...args],
    options: { ...options, help: { type: 'boolean', short: 'h' } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given: Record<string, string | true> = {};
  const words: string[] = [];
  let wantsHelp = false;
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    if (name === 'help') {
      wantsHelp = true;
      continue;
    }
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (!flag)
      throw errors.FLAG_UNKNOWN({
        given: rawName.replace(name, withoutCredentials(name)),
        command,
        hint: hintFor(rawName, name, command, flags),
      });
    if (Object.hasOwn(given, name)) throw errors.FLAG_TWICE({ flag: rawName });
    if (flag.value === undefined && value !== undefined) throw errors.FLAG_WITH_VALUE({ flag: rawName });
    // Another flag is no value, unless it is written with =.
    const isMissing = value === undefined || value === '' || (value.startsWith('--') && !inlineValue);
    if (flag.value !== undefined && isMissing) throw errors.FLAG_WITHOUT_VALUE({ flag: rawName, value: flag.value });
    given[name] = value ?? true;
  }
  return { given, words, wantsHelp };
}

function hintFor(rawName: string, name: string, command: string, flags: Command['flags']): string {
  const near = rawName.startsWith('--') ? nearest(name, [...Object.keys(flags), 'help']) : undefined;
  return near ? `Did you mean --${near}?` : `omninode ${command} --help lists them.`;
}
