import type { Command } from './command.js';

export function helpForAll(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'omninode <command> [--help] …',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'omninode <command> --help says more. Exit codes: 0 all is well, 1 something is missing, 2 it could not do its work.',
  ].join('\n');
}

export function helpFor({ name, summary, usage, flags, notes }: Command): string {
  const shown = Object.entries(flags).map(([flag, { value, meaning }]) => ({
    flag: value ? `--${flag} ${value}` : `--${flag}`,
    meaning,
  }));
  const width = Math.max(...shown.map(({ flag }) => flag.length), 0);
  return [
    `omninode ${[name, usage, ...shown.map(({ flag }) => `[${flag}]`)].filter(Boolean).join(' ')}`,
    '',
    summary,
    '',
    ...shown.map(({ flag, meaning }) => `  ${flag.padEnd(width)}  ${meaning}`),
    ...notes.flatMap((note) => ['', note]),
  ].join('\n');
}
