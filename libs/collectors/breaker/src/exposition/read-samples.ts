/**
 * The text format of Prometheus and OpenMetrics, read line by line without an array of lines: of most lines only the name is
 * looked at. https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
 */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Samples {
  /** Those whose names were wanted and whose values are finite. */
  readonly wanted: readonly Sample[];
  /** Lines of samples, wanted or not. */
  readonly lines: number;
  /** Wanted lines that are not of the format; `firstMalformed` is the number of the first, from 1. */
  readonly malformed: number;
  readonly firstMalformed: number | undefined;
  /** The text ends in the middle: its last line was left out, and more may be missing. */
  readonly isCut: boolean;
}

export function readSamples(text: string, wants: (name: string) => boolean): Samples {
  const wanted: Sample[] = [];
  const isWanted = remembered(wants);
  let [lines, malformed, number] = [0, 0, 0];
  let firstMalformed: number | undefined;
  for (let from = 0, end = 0; (end = text.indexOf('\n', from)) >= 0; from = end + 1) {
    number++;
    const start = skipBlanks(text, from);
    if (start >= end || text.charCodeAt(start) === hash) continue;
    lines++;
    const nameEnd = endOfName(text, start, end);
    const name = text.slice(start, nameEnd);
    if (!isWanted(name)) continue;
    const sample = end - nameEnd > longestLine ? undefined : readSample(name, text.slice(nameEnd, end).trimEnd());
    if (!sample) {
      malformed++;
      firstMalformed ??= number;
    } else if (Number.isFinite(sample.value)) wanted.push(sample);
  }
  const isCut = text.length > 0 && !/(\n|# EOF)$/.test(text.slice(-5));
  return { wanted, lines, malformed, firstMalformed, isCut };
}

const longestLine = 65_536;

/** A line after its name: labels in braces, the value, perhaps a timestamp and an exemplar, which are not used. */
function readSample(name: string, rest: string): Sample | undefined {
  const labels: Record<string, string> = {};
  const end = rest.startsWith('{') ? readLabels(rest, labels) : 0;
  if (end < 0) return undefined;
  const value = /^[ \t]*([^ \t]+)/.exec(rest.slice(end))?.[1];
  if (value === undefined || !/^([+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|NaN|[+-]?Inf)$/i.test(value)) return undefined;
  return { name, labels, value: Number(value) }; // of +Inf too it makes no finite number
}

const label = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,|(?=\}))/y;

/** Reads `{a="x",b="y"}` at the begin of the text. The index after it, or −1 where it is malformed. */
function readLabels(text: string, labels: Record<string, string>): number {
  label.lastIndex = 1;
  while (text[label.lastIndex] !== '}') {
    const at = label.lastIndex;
    const match = label.exec(text);
    if (!match) return /^\s*\}/.test(text.slice(at)) ? text.indexOf('}', at) + 1 : -1;
    labels[match[1] as string] = unescaped(match[2] as string);
  }
  return label.lastIndex + 1;
}

function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
}

function endOfName(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && !isDelimiter(text.charCodeAt(at))) at++;
  return at;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === space || text.charCodeAt(at) === tab) at++;
  return at;
}

const [hash, space, tab, carriageReturn, brace] = ['#', ' ', '\t', '\r', '{'].map((sign) => sign.charCodeAt(0));
const isDelimiter = (code: number) => code === brace || code === space || code === tab || code === carriageReturn;

/** The lines of a metric stand together, so the answer of the line before is mostly the answer. */
function remembered(wants: (name: string) => boolean): (name: string) => boolean {
  let [last, answer] = ['', false];
  return (name) => {
    if (name !== last) [last, answer] = [name, wants(name)];
    return answer;
  };
}
