// Writes each project's tsconfig.json and the root's, from the dependencies in package.json: the graph is written once.
// `--check` only compares, for the architecture test.
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const check = process.argv.includes('--check');

const folders = globSync(
  readJson('package.json').workspaces.map((pattern) => `${pattern}/package.json`),
  { cwd: root },
)
  .map(dirname)
  .sort();
const folderOf = new Map(folders.map((folder) => [readJson(`${folder}/package.json`).name, folder]));

const stale = folders.flatMap((folder) => {
  const { dependencies = {}, devDependencies = {} } = readJson(`${folder}/package.json`);
  const references = Object.keys({ ...dependencies, ...devDependencies })
    .filter((name) => folderOf.has(name))
    .sort()
    .map((name) => ({ path: relative(folder, folderOf.get(name)) }));
  return writeIfChanged(`${folder}/tsconfig.json`, {
    extends: relative(folder, 'tsconfig.base.json'),
    compilerOptions: { rootDir: 'src', outDir: 'dist', tsBuildInfoFile: 'dist/.tsbuildinfo' },
    include: ['src'],
    references,
  });
});
stale.push(...writeIfChanged('tsconfig.json', { files: [], references: folders.map((path) => ({ path })) }));

if (check && stale.length > 0) {
  console.error(`Stale: ${stale.join(', ')}. Run: node tools/sync-references.mjs`);
  process.exit(1);
}

function writeIfChanged(path, content) {
  const text = `${JSON.stringify(content, null, 2)}\n`;
  if (existsSync(join(root, path)) && readFileSync(join(root, path), 'utf8') === text) return [];
  if (!check) writeFileSync(join(root, path), text);
  return [path];
}
