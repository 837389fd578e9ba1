import { everyLib, layers } from './layers.js';

const begin = '<!-- dependency table: generated -->';
const end = '<!-- end of the dependency table -->';

/** CONTRIBUTING.md with the table of layers between its markers. */
export function contributingWithTable(page: string): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error(`CONTRIBUTING.md needs the lines ${begin} and ${end}.`);
  return `${before}${begin}\n${dependencyTable()}\n${end}${after}`;
}

function dependencyTable(): string {
  const rows = layers.map(({ name, projects, mayImport, packages }) => {
    const others = packages.map(
      ({ names, onlyIn }) => names.map((each) => `\`${each}\``).join(', ') + (onlyIn ? ` (in \`*${onlyIn}\`)` : ''),
    );
    return `| ${name} | ${projects.map((each) => `\`${each}\``).join(', ')} | ${layersIn(mayImport)} | ${others.join(', ') || 'none'} |`;
  });
  return ['| layer | projects | may import | packages of others |', '|---|---|---|---|', ...rows].join('\n');
}

function layersIn(names: readonly string[]): string {
  const isEveryLib = everyLib.every((name) => names.includes(name));
  const shown = isEveryLib ? ['every lib', ...names.filter((name) => !everyLib.includes(name))] : names;
  return shown.join(', ') || 'none';
}
