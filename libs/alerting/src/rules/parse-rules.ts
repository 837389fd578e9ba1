import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { KnownMetric, MetricCatalogue } from './catalogue.js';
import { compileRule } from './compile-rule.js';
import { nearest } from './nearest.js';
import { placesIn, type Path, type Places, type RuleProblem } from './problem.js';
import { ruleFile } from './rule-file.js';
import type { Rule } from './rule.js';

export interface ParseOptions {
  readonly file: string;
  /** The metrics that rules may name, besides those that the file declares itself. */
  readonly catalogue: MetricCatalogue;
  /** Runbooks of rules that name no other lie here: the rule's name is put behind it. */
  readonly runbooksUrl: string;
}

export interface ParsedRules {
  /** Empty when there are problems: half a file would be another file than its author wrote. */
  readonly rules: readonly Rule[];
  readonly problems: readonly RuleProblem[];
}

/** No file of rules is longer, characters: beyond it is something else. */
const mostCharacters = 1_000_000;

/** Reads a rule file. Never throws: whatever is wrong is a problem with its line, column and path. */
export function parseRules(text: string, options: ParseOptions): ParsedRules {
  const { file } = options;
  if (text.length > mostCharacters) {
    const problem = `a rule file has at most ${mostCharacters} characters`;
    return { rules: [], problems: [{ file, line: 1, column: 1, path: '', problem }] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const places = placesIn(file, document, lines);
  if (document.errors.length > 0)
    return { rules: [], problems: document.errors.map((error) => syntaxProblem(file, error)) };
  const content = contentOf(document);
  if (!content.ok) return { rules: [], problems: [places.problem([], content.problem)] };
  const parsed = ruleFile.safeParse(content.value);
  if (!parsed.success)
    return { rules: [], problems: parsed.error.issues.flatMap((issue) => formProblems(issue, places)) };

  const catalogue = new Map<string, KnownMetric>([...options.catalogue, ...Object.entries(parsed.data.metrics)]);
  const problems: RuleProblem[] = [];
  const rules: Rule[] = [];
  const names = new Set<string>();
  for (const [at, form] of parsed.data.rules.entries()) {
    const path: Path = ['rules', at];
    if (names.has(form.name))
      problems.push(places.problem([...path, 'name'], `${form.name} is the name of another rule too`));
    names.add(form.name);
    const compiled = compileRule(form, {
      path,
      places,
      file,
      catalogue,
      defaults: parsed.data.defaults,
      runbooksUrl: options.runbooksUrl,
    });
    problems.push(...compiled.problems);
    if (compiled.rule) rules.push(compiled.rule);
  }
  return problems.length > 0 ? { rules: [], problems } : { rules, problems };
}

function contentOf(document: {
  toJS(options: { maxAliasCount: number }): unknown;
}): { ok: true; value: unknown } | { ok: false; problem: string } {
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: 100 }) };
  } catch {
    // The only thing that a document without errors refuses: aliases that would unfold to more than memory holds.
    return { ok: false, problem: 'the file repeats itself by too many aliases' };
  }
}

function syntaxProblem(
  file: string,
  error: { message: string; linePos?: readonly { line: number; col: number }[] },
): RuleProblem {
  const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
  // The first line says what is wrong; what follows repeats the text of the file.
  const problem = error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
  return { file, line, column: col, path: '', problem };
}

function formProblems(issue: z.core.$ZodIssue, places: Places): RuleProblem[] {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(path);
    return issue.keys.map((key) => {
      const near = nearest(key, known);
      const suggestion = near
        ? `did you mean ${near}?`
        : known.length > 0
          ? `there are ${known.join(', ')}`
          : undefined;
      return places.problem([...path, key], `there is no setting ${key}`, suggestion);
    });
  }
  if (issue.code === 'invalid_value') {
    return [places.problem(path, `write one of ${issue.values.join(', ')}`)];
  }
  if (issue.code === 'invalid_key') {
    return [places.problem(path, issue.issues[0]?.message ?? 'is no name')];
  }
  return [places.problem(path, issue.message)];
}

/** The keys that the form has at a path: asked of the form itself, so that nothing is written twice. */
function knownKeys(path: Path): readonly string[] {
  let schema: unknown = ruleFile;
  for (const step of path) schema = typeof step === 'number' ? elementOf(schema) : shapeOf(schema)?.[step];
  return Object.keys(shapeOf(schema) ?? {});
}

interface Inner {
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly element?: unknown;
  readonly def?: { readonly innerType?: unknown; readonly in?: unknown };
}

function shapeOf(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  return unwrapped(schema)?.shape;
}

function elementOf(schema: unknown): unknown {
  return unwrapped(schema)?.element;
}

function unwrapped(schema: unknown): Inner | undefined {
  let inner = schema as Inner | undefined;
  while (inner && !inner.shape && !inner.element && (inner.def?.innerType ?? inner.def?.in)) {
    inner = (inner.def.innerType ?? inner.def.in) as Inner;
  }
  return inner;
}
