import { parseArgs } from 'node:util';
import { serviceNames } from './service.js';
import type { ServiceName } from './service.js';

export interface Command {
  readonly command: 'up' | 'status' | 'down' | 'help';
  readonly names: readonly ServiceName[];
  /** Where the services keep their data, logs and notes. */
  readonly data: string;
  readonly mavenRepository?: string;
}

/** The command was called wrongly; the message says how. Who has not named anything yet is shown what there is. */
export class UsageError extends Error {
  constructor(
    message: string,
    readonly showsHelp = false,
  ) {
    super(message);
  }
}

export function readArguments(words: readonly string[]): Command {
  const { values, positionals } = parse(words);
  const [command, ...names] = positionals;
  const data = values.data ?? '.data/services';
  const mavenRepository = values['maven-repository'];
  if (mavenRepository !== undefined && !URL.canParse(mavenRepository)) {
    throw new UsageError('The value of --maven-repository is not a URL.');
  }
  if (values.help || command === 'help') return { command: 'help', names: [], data };
  if (command !== 'up' && command !== 'status' && command !== 'down') {
    if (command === undefined) throw new UsageError('A command is missing.', true);
    throw new UsageError(`There is no command "${command}".`);
  }
  const unknown = names.filter((name) => !isServiceName(name));
  if (unknown.length > 0) throw new UsageError(`There is no service "${unknown.join('", "')}".`);
  if (command === 'up' && names.length === 0) throw new UsageError('Which services? Name at least one.', true);
  return { command, names: names.filter(isServiceName), data, mavenRepository };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        data: { type: 'string' },
        'maven-repository': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function isServiceName(name: string): name is ServiceName {
  return (serviceNames as readonly string[]).includes(name);
}
