import { nearest, withoutCredentials } from '@omninode/service-kit';
import { CodedError } from '@omninode/contracts';
import { errors } from '../errors.js';
import { exitCodes, type Command, type Surroundings } from './command.js';
import { helpFor, helpForAll } from './help.js';
import { readFlags } from './read-flags.js';

/** Runs what the words ask for, and resolves to the exit code. What a person can mend is told in a line. */
export async function runCommandLine(
  commands: readonly Command[],
  argv: readonly string[],
  version: string,
  surroundings: Surroundings,
): Promise<number> {
  try {
    return await choose(commands, argv, version, surroundings);
  } catch (error) {
    if (surroundings.signal.aborted) return exitCodes.ok;
    if (!(error instanceof CodedError)) throw error;
    for (const line of error.message.split('\n')) surroundings.tell(`omninode: ${line}`);
    return exitCodes.failed;
  }
}

async function choose(
  commands: readonly Command[],
  [first, ...rest]: readonly string[],
  version: string,
  surroundings: Surroundings,
): Promise<number> {
  const { out } = surroundings;
  const names = commands.map(({ name }) => name);
  if (first === undefined) throw errors.COMMAND_MISSING({ commands: names.join(', ') });
  if (first === '--version') {
    await out.write(version);
    return exitCodes.ok;
  }
  const asksForHelp = ['help', '--help', '-h'].includes(first);
  const wanted = asksForHelp ? rest[0] : first;
  if (wanted === undefined) {
    await out.write(helpForAll(commands));
    return exitCodes.ok;
  }
  const command = commands.find(({ name }) => name === wanted);
  if (!command) throw errors.COMMAND_UNKNOWN({ given: withoutCredentials(wanted), hint: hintFor(wanted, names) });
  const { given, words, wantsHelp } = readFlags(command, asksForHelp ? ['--help'] : rest);
  if (!wantsHelp) return command.run(given, words, surroundings);
  await out.write(helpFor(command));
  return exitCodes.ok;
}

function hintFor(given: string, names: readonly string[]): string {
  const near = nearest(given, [...names, 'help']);
  return near ? `Did you mean ${near}?` : `Commands: ${names.join(', ')}.`;
}
