import { dirname, relative, resolve } from 'node:path';
import { CodedError } from '@omninode/contracts';
import { readArguments, UsageError } from './arguments.js';
import { takeDown } from './down.js';
import { help } from './help.js';
import { readNotes } from './note.js';
import type { ServiceNote } from './note.js';
import type { ServiceName } from './service.js';
import { statusOf } from './status.js';
import { bringUp } from './up.js';

export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Cancels a start that is under way. */
  readonly signal: AbortSignal;
}

/** The command `npm run services`. Exit code 0: done; 1: something failed or does not answer; 2: it was called wrongly. */
export async function runServices(words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await runCommand(words, terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.err(`✗ ${error.message}\n${error.showsHelp ? `\n${help()}` : 'Try: npm run services -- --help\n'}`);
      return 2;
    }
    terminal.err(`✗ ${error instanceof CodedError ? `${error.message} (${error.code})` : (error as Error).stack}\n`);
    return 1;
  }
}

async function runCommand(words: readonly string[], { out, signal }: Terminal): Promise<number> {
  const { command, names, data, mavenRepository } = readArguments(words);
  const dataFolder = resolve(data);
  switch (command) {
    case 'help':
      out(help());
      return 0;
    case 'up':
      for await (const { note, tookMs } of bringUp(names, { dataFolder, mavenRepository, signal })) {
        out(line(note.name, tookMs === undefined ? 'up before' : `up ${(tookMs / 1000).toFixed(1)} s`, describe(note)));
      }
      return 0;
    case 'status':
      return status(dataFolder, names, out);
    case 'down':
      return down(dataFolder, names, out);
  }
}

async function status(dataFolder: string, names: readonly ServiceName[], out: Terminal['out']): Promise<number> {
  const notes = (await readNotes(dataFolder)).filter(({ name }) => names.length === 0 || names.includes(name));
  const results = await Promise.all(notes.map(async (note) => ({ note, failure: await statusOf(note) })));
  for (const { note, failure } of results) out(line(note.name, failure ? 'DOWN' : 'up', failure ?? describe(note)));
  const absent = names.filter((name) => !notes.some((note) => note.name === name));
  for (const name of absent) out(line(name, 'not up', `nothing was started under ${dataFolder}`));
  if (notes.length + absent.length === 0) out(`Nothing is up under ${dataFolder}.\n`);
  return absent.length > 0 || results.some(({ failure }) => failure) ? 1 : 0;
}

/** The last one started goes first: a replica before its primary. */
async function down(dataFolder: string, names: readonly ServiceName[], out: Terminal['out']): Promise<number> {
  const started = (await readNotes(dataFolder)).map(({ name }) => name).toReversed();
  const wanted = names.length === 0 ? started : [...started.filter((name) => names.includes(name)), ...names];
  for (const name of new Set(wanted)) out(line(name, await takeDown(dataFolder, name)));
  if (wanted.length === 0) out(`Nothing is up under ${dataFolder}.\n`);
  return 0;
}

function describe({ url, servers }: ServiceNote): string {
  const pids = servers.map(({ process: { pid } }) => pid).join(', ');
  const [log = ''] = servers.map(({ logFile }) => (servers.length === 1 ? logFile : dirname(logFile)));
  const shortest = [log, relative('.', log)].toSorted((a, b) => a.length - b.length)[0];
  return `${url}  pid ${pids}  log ${shortest}`;
}

function line(name: string, state: string, rest = ''): string {
  return `${name.padEnd(18)}  ${state.padEnd(10)}  ${rest}`.trimEnd() + '\n';
}
