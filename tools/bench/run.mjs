// `npm run bench -- <name>`: runs a benchmark of this folder and prints its rows as a table. Each is a module with a `title` and
// `run(options)`, which compares both sides in one run and gives its rows, or nothing when it prints its table itself.
import { readdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

const [name, ...given] = process.argv.slice(2);
const names = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.mjs') && file !== 'run.mjs')
  .map((file) => file.slice(0, -'.mjs'.length));

if (!names.includes(name)) {
  if (name !== undefined) console.error(`✗ There is no benchmark "${name}".`);
  await list();
  process.exit(name === undefined ? 0 : 2);
}

const { options, file } = withoutJson(given);
const { title, run } = await load(name);
const machine = `${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${process.versions.node}, load ${loadavg()[0].toFixed(1)}`;
console.log(`${title}\n${machine}\n`);
const rows = await run(options);
if (rows) console.log(table(rows));
if (file !== undefined) writeFileSync(file, `${JSON.stringify({ title, machine, rows }, undefined, 2)}\n`);
// What a benchmark left open must not keep its end waiting.
process.exit(0);

async function list() {
  console.log('npm run bench -- <name> [options of the benchmark] [--json FILE]\n');
  const widest = Math.max(...names.map((each) => each.length));
  for (const each of names) console.log(`  ${each.padEnd(widest)}  ${(await load(each)).title}`);
}

function load(each) {
  return import(new URL(`${each}.mjs`, import.meta.url));
}

function withoutJson(args) {
  const at = args.indexOf('--json');
  if (at < 0) return { options: args };
  if (args[at + 1] === undefined) {
    console.error('✗ --json needs the name of a file to write to.');
    process.exit(2);
  }
  return { options: args.toSpliced(at, 2), file: args[at + 1] };
}

/** Columns as wide as their widest cell; the first is text, the others are numbers. */
function table(lines) {
  const columns = Object.keys(lines[0]);
  const texts = [columns, ...lines.map((row) => columns.map((column) => String(row[column])))];
  const widths = columns.map((_, at) => Math.max(...texts.map((text) => text[at].length)));
  return texts
    .map((text) => text.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join('  '))
    .join('\n');
}
