/**
 * A line of JSON from pino for people: `12:03:04 info  collector  The target answers again.  target=orders-db`. What a
 * field holds can't end the line or colour the terminal.
 */
export function prettyLine(json: string, colours = false): string {
  const { level, time, service, component, msg, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const severity = String(level);
  const paint = (code: number, text: string) => (colours ? `\u001B[${code}m${text}\u001B[0m` : text);
  const rest = Object.entries(fields).flatMap(([name, value]) => flat(name, value));
  return `${[
    `${paint(2, clock(String(time)))} ${paint(severityColours[severity] ?? 0, severity.padEnd(5))} ${oneLine(String(component ?? service))}`,
    oneLine(String(msg ?? '')),
    ...rest.map(([name, value]) => `${paint(2, `${oneLine(name)}=`)}${value}`),
  ].join('  ')}\n`;
}

const severityColours: Readonly<Record<string, number>> = { debug: 2, info: 32, warn: 33, error: 31, fatal: 31 };

/** The time of day on the reader's clock. */
function clock(iso: string): string {
  const time = new Date(iso);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** An error's code, message and cause as `error.code=…`; other values in place. */
function flat(name: string, value: unknown): [string, string][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, part]) => flat(`${name}.${key}`, part));
  }
  if (typeof value !== 'string') return [[name, JSON.stringify(value)]];
  return [[name, /^[\w./:@+*,%-]+$/.test(value) ? value : oneLine(JSON.stringify(value))]];
}

/** Control characters, line breaks first of all, as `\n` or `\u001b`. */
function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]/g, (character) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    return escaped === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : escaped;
  });
}
