import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRules, type MetricCatalogue, type Rule, type RuleProblem } from '@omninode/alerting';
import { errorCode } from '@omninode/contracts';

export interface RuleFolder {
  readonly path: string;
  /** What its files are called in answers: `shipped/database.yaml`. */
  readonly name: string;
}

export interface ReadRules {
  readonly rules: readonly Rule[];
  readonly problems: readonly RuleProblem[];
  /** Of what was read, to compare with `stampOf`: what changed meanwhile is noticed, also when it changed back. */
  readonly stamp: string;
}

/** Files of one folder that are read; more are no rules but something else. */
const mostFiles = 500;

/** What the rule files in these folders say. A folder or file that can't be read is a problem like a mistake in it. */
export async function readRuleFolders(
  folders: readonly RuleFolder[],
  options: { readonly catalogue: MetricCatalogue; readonly runbooksUrl: string },
): Promise<ReadRules> {
  const rules = new Map<string, Rule>();
  const problems: RuleProblem[] = [];
  const stamps: string[] = [];
  for (const folder of folders) {
    for (const file of await filesIn(folder, problems)) {
      stamps.push(await stampOfFile(file.path));
      const text = await readFile(file.path, 'utf8').catch((error: unknown) => {
        problems.push(unreadable(file.name, error));
      });
      if (text === undefined) continue;
      const parsed = parseRules(text, { file: file.name, ...options });
      problems.push(...parsed.problems);
      for (const rule of parsed.rules) {
        const other = rules.get(rule.name);
        if (other) problems.push(doubled(rule, other));
        rules.set(rule.name, rule);
      }
    }
  }
  return { rules: [...rules.values()], problems, stamp: stamps.join('\n') };
}

/** A text that changes when any of the files does. */
export async function stampOf(folders: readonly RuleFolder[]): Promise<string> {
  const stamps: string[] = [];
  for (const folder of folders) {
    for (const { path } of await filesIn(folder, [])) stamps.push(await stampOfFile(path));
  }
  return stamps.join('\n');
}

async function stampOfFile(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return `${path} ${found?.mtimeMs ?? 'gone'} ${found?.size ?? 0}`;
}

async function filesIn({ path, name }: RuleFolder, problems: RuleProblem[]): Promise<RuleFolder[]> {
  const entries = await readdir(path).catch((error: unknown) => {
    problems.push(unreadable(name, error));
    return [];
  });
  return entries
    .filter((entry) => /\.ya?ml$/.test(entry))
    .sort()
    .slice(0, mostFiles)
    .map((entry) => ({ path: join(path, entry), name: `${name}/${entry}` }));
}

function unreadable(file: string, error: unknown): RuleProblem {
  return { file, line: 1, column: 1, path: '', problem: `can not be read (${errorCode(error)})` };
}

/** Alerts are named after their rules, so two of one name could not be told apart. */
function doubled(rule: Rule, other: Rule): RuleProblem {
  const problem = `${rule.name} is the name of a rule in ${other.file} too`;
  const suggestion = `give it another name, or set alerts.shippedRules to false`;
  return { file: rule.file, line: rule.line, column: 1, path: '', problem, suggestion };
}
