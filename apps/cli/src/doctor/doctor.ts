import { nearest, withoutCredentials } from '@omninode/service-kit';
import { defineCommand } from '../command-line/command.js';
import { errors } from '../errors.js';
import { exitCodeOf, findingsOf, type Findings } from './findings.js';
import { findTargets } from './find-targets.js';
import { kinds, type Kind } from './kinds.js';
import { table } from './table.js';

const shownKinds = kinds.map(({ words }) => words[0]!);

/** `omninode doctor`: what of a target can be watched, what is missing, and the fix. */
export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Connects once to a target, reads all that would be watched, and says what is missing and how to mend it.',
  usage: `${shownKinds.join('|')} [<url>]`,
  flags: {
    config: {
      value: '<file.yaml>',
      meaning: 'Without a URL: the file that lists the targets. Default: OMNINODE_CONFIG.',
    },
    target: { value: '<id>', meaning: 'Without a URL: only this one of the configured targets.' },
    json: { meaning: 'One JSON object a target and line.' },
  },
  notes: [
    kinds.map(({ words, form }) => `  ${words[0]!.padEnd(9)} ${form}`).join('\n'),
    'A password in a URL on the command line can be read by every user of the machine. Without a URL, the target comes from\nOMNINODE_DATABASE_URL, OMNINODE_KAFKA_BROKERS or OMNINODE_REDIS_URL (each also with _FILE), or from a configuration file.',
    'Exit codes: 0 all can be read, 1 something is missing, 2 no connection could be made or the command is wrong.',
  ],
  async run(given, [word, url, ...others], { out, signal }) {
    const kind = kindOf(word);
    if (others.length > 0) throw errors.ARGUMENT_TOO_MANY({ command: 'doctor', usage: 'a kind and a URL' });
    if (url !== undefined && (given.config ?? given.target) !== undefined)
      throw errors.ARGUMENT_TOO_MANY({ command: 'doctor', usage: 'a URL, or --config and --target' });
    const { watching } = await kind.load();
    const { targets, section } = findTargets({ kind, watching, url, config: given.config, id: given.target });
    let exitCode = 0;
    for (const [nth, target] of targets.entries()) {
      const findings = findingsOf(target, await watching.look(target, section, signal));
      await out.write(given.json ? JSON.stringify(document(findings)) : page(findings, out.columns, nth > 0));
      exitCode = Math.max(exitCode, exitCodeOf[findings.verdict]);
    }
    return exitCode;
  },
});

function kindOf(word: string | undefined): Kind {
  const what = `one of ${shownKinds.join(', ')}`;
  if (word === undefined) throw errors.ARGUMENT_MISSING({ command: 'doctor', what: `what it shall look at: ${what}` });
  const kind = kinds.find(({ words }) => words.includes(word));
  if (kind) return kind;
  const near = nearest(
    word,
    kinds.flatMap(({ words }) => words),
  );
  const hint = near ? `Did you mean ${near}?` : 'omninode doctor --help says more.';
  throw errors.ARGUMENT_UNKNOWN({ given: withoutCredentials(word), what, hint });
}

function page({ id, kind, address, verdict, families }: Findings, columns: number, isNext: boolean): string {
  const [first] = families;
  const isOneForAll = families.every(({ missing, fix }) => missing === first!.missing && fix === first!.fix);
  const shown = verdict === 'unreachable' && isOneForAll ? [{ ...first!, family: `all ${families.length}` }] : families;
  const rows = shown.map(({ family, status, missing, fix }) => [family, status, missing, fix]);
  const name = id === 'given' ? kind : `${kind} ${id}`;
  const bad = families.filter(({ status }) => status !== 'ok').length;
  const sentence = {
    ok: `All ${families.length} families can be read.`,
    missing: `${bad} of ${families.length} families can not be read in full.`,
    unreachable: 'No connection to it could be made.',
  }[verdict];
  return `${isNext ? '\n' : ''}${name} at ${address}\n\n${table(['family', 'status', 'what is missing', 'the fix'], rows, columns)}\n\n${sentence}`;
}

function document({ families, ...findings }: Findings): object {
  return {
    ...findings,
    families: families.map(({ durationMs, roundTrips, ...family }) => ({
      ...family,
      duration_ms: Math.round(durationMs * 10) / 10,
      round_trips: roundTrips,
    })),
  };
}
