// `npm run bench -- <name>`: runs a benchmark of this folder and prints its rows as a table. Each compares both sides in one run.
import { readdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

const folder = new URL('.', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.mjs') && file !== 'run.mjs')
  .map((file) => file.slice(0, -'.mjs'.length));
const [name, ...options] = process.argv.slice(2);
if (!names.includes(name)) {
  console.log(`npm run bench -- <name> [--json FILE]\n\nBenchmarks: ${names.join(', ')}`);
  process.exit(name === undefined ? 0 : 2);
}

const { title, run } = await import(new URL(`${name}.mjs`, folder));
console.log(
  `${title}\n${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${process.versions.node}, load ${loadavg()[0].toFixed(1)}\n`,
);
const rows = await run(options);
if (rows) console.log(table(rows));
const file = options[options.indexOf('--json') + 1];
if (options.includes('--json')) writeFileSync(file, `${JSON.stringify({ title, rows }, undefined, 2)}\n`);
process.exit(0);

function table(lines) {
  const columns = Object.keys(lines[0]);
  const texts = [columns, ...lines.map((row) => columns.map((column) => String(row[column])))];
  const widths = columns.map((_, at) => Math.max(...texts.map((text) => text[at].length)));
  return texts
    .map((text) => text.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join('  '))
    .join('\n');
}
