import { layerOf } from './layers.js';
import { projectOf, projectsOf } from './projects.js';
import { isTest, lineAt, type SourceFile, type SourceTree } from './source-tree.js';
import type { Rule, Violation } from './violation.js';

/** A list of cases may be longer than a thing that has to be understood. */
const mostLines = { code: 300, test: 400 };

export const noLongFiles: Rule = (tree) =>
  tree.files
    .map(({ path, text }) => ({
      path,
      lines: text.split('\n').length - 1,
      most: mostLines[isTest(path) ? 'test' : 'code'],
    }))
    .filter(({ lines, most }) => lines > most)
    .map(({ path, lines, most }) => ({
      path,
      line: most,
      message: `${lines} lines, more than ${most}: split it by what its parts do.`,
    }));

const emptyNames = new Set(['common', 'shared', 'utils', 'helpers', 'core', 'misc', 'interfaces', 'types']);

/** Folders that could hold anything soon hold everything. */
export const noFoldersForAnything: Rule = (tree) =>
  tree.paths.flatMap((path) => {
    const folder = path
      .split('/')
      .slice(0, -1)
      .find((part) => emptyNames.has(part));
    return folder
      ? [{ path, line: 1, message: `A folder named ${folder} can hold anything: name it after what it holds.` }]
      : [];
  });

/** Pure libs, families and mappings take time and chance as arguments. */
export const pureFilesHaveNoClock: Rule = (tree) => {
  const projects = projectsOf(tree);
  return tree.files
    .filter(
      ({ path }) =>
        !isTest(path) &&
        (layerOf(projectOf(projects, path)?.folder ?? '')?.isPure || /\/families\/|to-measurements\.ts$/.test(path)),
    )
    .flatMap((file) =>
      found(
        file,
        /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.now\b|\bsetTimeout\b|\bsetInterval\b/g,
        (match) => `${match} in a pure file: take it as an argument.`,
      ),
    );
};

const mayReadEnvironment = [/^libs\/service-kit\//, /^tools\//, /^libs\/local-services\/(fetch-package\.mjs|src\/)/];

export const environmentInOneLib: Rule = (tree) =>
  tree.files
    .filter(({ path }) => !isTest(path) && !mayReadEnvironment.some((pattern) => pattern.test(path)))
    .flatMap((file) =>
      found(file, /\bprocess\.env\b/g, () => 'process.env is read in libs/service-kit only: make it a setting.'),
    );

export const noExportStar: Rule = (tree) =>
  tree.files.flatMap((file) =>
    found(file, /^export \* from/gm, () => 'export * hides what the door offers: export by name.'),
  );

export const noUnfinishedWork: Rule = (tree) =>
  tree.files.flatMap((file) =>
    found(file, /\b(?:TO[D]O|FIX[M]E|X[X]X)\b/g, (word) => `${word}: finish it or write an issue.`),
  );

export const noFocusedTests: Rule = (tree) =>
  tree.files
    .filter(({ path }) => path.endsWith('.test.ts'))
    .flatMap((file) =>
      found(
        file,
        /\b(?:test|it|describe)\.(?:only|todo)\b/g,
        (call) => `${call} keeps other tests from running, or is no test.`,
      ),
    );

/** Errors must be told, also those of a promise. */
export const noVanishingErrors: Rule = (tree) =>
  tree.files
    .filter(({ path }) => !isTest(path))
    .flatMap((file) =>
      found(
        file,
        /catch *(?:\([^)]*\))? *\{ *\}/g,
        () => 'An error vanishes here: handle it, or say in words why nothing is to be done.',
      ),
    );

export const readmeIsShort: Rule = (tree) => {
  const lines = tree.read('README.md').split('\n').length - 1;
  return lines > 80
    ? [{ path: 'README.md', line: 80, message: `${lines} lines, more than 80: move the rest to docs/.` }]
    : [];
};

/** A recorded address would send everybody to one registry. */
export const lockFileHasNoAddresses: Rule = (tree) => {
  const text = tree.read('package-lock.json');
  const at = text.search(/"resolved": "https?:/);
  return at < 0
    ? []
    : [
        {
          path: 'package-lock.json',
          line: lineAt(text, at),
          message:
            'The lock file records download addresses: npm config set omit-lockfile-registry-resolved true, and make it anew.',
        },
      ];
};

/** Every file that ends in `family` stands in its collector's list. */
export const familiesAreListed: Rule = (tree: SourceTree) =>
  tree.files.flatMap(({ path }): Violation[] => {
    const [, collector, family] = /^(libs\/collectors\/[^/]+)\/src\/families\/([^/.]+)\.ts$/.exec(path) ?? [];
    if (!collector || tree.read(`${collector}/src/families.ts`).includes(`./families/${family}.js`)) return [];
    return [{ path, line: 1, message: `This family is not in ${collector}/src/families.ts, so nobody reads it.` }];
  });

function found(file: SourceFile, pattern: RegExp, message: (match: string) => string): Violation[] {
  return [...file.text.matchAll(pattern)].map((match) => ({
    path: file.path,
    line: lineAt(file.text, match.index),
    message: message(match[0]),
  }));
}
