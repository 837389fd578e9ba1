/** A condition on one label of an alert; a label that is absent is the same as an empty one. */
export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
  /** Of `=~` and `!~`: fits the whole value. */
  readonly pattern?: RegExp;
}

export type ParsedMatcher = { readonly matcher: Matcher } | { readonly problem: string };

/** Reads `severity=critical`, `target!="orders-db"`, `target=~orders-.*`. */
export function parseMatcher(text: string): ParsedMatcher {
  const match = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*(.*?)\s*$/s.exec(text);
  if (!match) return { problem: 'is no matcher; write label=value, label!=value, label=~pattern or label!~pattern' };
  const [, label, operator, written] = match as unknown as [string, string, Matcher['operator'], string];
  const value = /^".*"$/s.test(written) ? written.slice(1, -1) : written;
  if (operator === '=' || operator === '!=') return { matcher: { label, operator, value } };
  const problem = patternProblem(value);
  return problem ? { problem } : { matcher: { label, operator, value, pattern: new RegExp(`^(?:${value})$`, 's') } };
}

export function matchesAll(matchers: readonly Matcher[], labels: Readonly<Record<string, string>>): boolean {
  return matchers.every((matcher) => matches(matcher, labels[matcher.label] ?? ''));
}

function matches({ operator, value, pattern }: Matcher, actual: string): boolean {
  if (pattern) return pattern.test(actual) === (operator === '=~');
  return (actual === value) === (operator === '=');
}

const longestPattern = 256;
const mostRepeats = 3;

/**
 * Patterns come over HTTP and are tried on every alert by every replica, so one that takes exponential time would stop all of
 * them: what is refused here is what makes a backtracking engine slow.
 */
function patternProblem(pattern: string): string | undefined {
  if (pattern.length > longestPattern) return `is longer than ${longestPattern} characters`;
  if (/\\[1-9k]|\(\?(?!:)/.test(pattern)) return 'refers back or looks around, which patterns here may not';
  if (!isPattern(pattern)) return 'is no regular expression';
  return repeatProblem(pattern.replace(/\\./gs, 'x').replace(/\[[^\]]*\]/g, 'x'));
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(`^(?:${text})$`, 's').source !== '';
  } catch {
    return false; // the only thing it throws: it is none
  }
}

/** `pattern` without escapes and classes. */
function repeatProblem(pattern: string): string | undefined {
  if ((pattern.match(/[*+]|\{\d+,\}/g) ?? []).length > mostRepeats)
    return `repeats more than ${mostRepeats} times without a bound`;
  const open: boolean[] = [];
  for (const [at, character] of [...pattern].entries()) {
    if (character === '(') open.push(false);
    else if (/[*+{|]/.test(character)) open.fill(true);
    else if (character === ')' && open.pop() && /[*+{]/.test(pattern[at + 1] ?? ''))
      return 'repeats a group that itself repeats or chooses, which can take for ever';
  }
  return undefined;
}
