import type { Point } from './points.js';
import type { ShownRecord } from './shown-record.js';

/** A record for people: a line for each value and event. Nothing of it can end a line or colour a terminal. */
export function asLines(record: ShownRecord): string {
  const begin = `${new Date(record.timeMs).toISOString()} ${record.entity === null ? 'no key' : word(record.entity)}`;
  const { partition, offset } = record.at;
  if ('code' in record)
    return `${begin}  refused: ${record.code}, ${word(record.detail)} (partition ${partition}, offset ${offset})`;
  const { points, events, unknown, defined, dropped, rejected, producer } = record;
  const said = [
    ...points.map(pointText),
    ...events.map(({ name, attributes }) => `event ${name} ${printable(JSON.stringify(attributes))}`),
    ...(defined > 0 ? [`defines ${defined} series`] : []),
    ...(unknown > 0 ? [`${unknown} values of series that were defined before this began to read`] : []),
    ...rejected.map(({ code, path }) => `left out: ${code} at ${path}`),
    ...(dropped === undefined ? [] : [`ends; it had to drop ${dropped} records`]),
  ];
  const lines = said.length > 0 ? said : ['says nothing'];
  return lines.map((line) => `${begin}  ${line}  (${word(producer)})`).join('\n');
}

function pointText({ series: { metric, labels }, value }: Point): string {
  const names = Object.entries(labels).map(([name, text]) => `${name}=${printable(JSON.stringify(text))}`);
  const series = names.length > 0 ? `${metric.name}{${names.join(',')}}` : metric.name;
  if (typeof value === 'number') return `${series} ${value}`;
  const count = value.counts.reduce((sum, each) => sum + each, 'zeroCount' in value ? value.zeroCount : 0);
  return `${series} count ${count}, sum ${value.sum}`;
}

/** A text without blanks as it is, else in quotes. */
function word(text: string): string {
  return /^[\w./:@+*,%~-]+$/.test(text) ? text : printable(JSON.stringify(text));
}

/** JSON leaves DEL, C1 controls and line separators as they are. */
function printable(json: string): string {
  return json.replace(
    /[\u007F-\u009F\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
