import { isTest, type SourceFile } from './source-tree.js';
import type { Rule, Violation } from './violation.js';

/** A list of cases may be longer than a thing that has to be understood. An app only chooses its parts. */
const mostLines = { code: 300, test: 400, app: 60 };

export const noLongFiles: Rule = (tree) =>
  tree.files
    .map(({ path, text }) => ({ path, lines: linesOf(text), most: mostLines[sizeOf(path)] }))
    .filter(({ lines, most }) => lines > most)
    .map(({ path, lines, most }) => ({
      path,
      line: most,
      message: `${lines} lines, more than ${most}: split it by what its parts do.`,
    }));

function sizeOf(path: string): keyof typeof mostLines {
  if (isTest(path)) return 'test';
  return /^apps\/[^/]+\/src\/main\.ts$/.test(path) ? 'app' : 'code';
}

const emptyNames = new Set(['common', 'shared', 'utils', 'helpers', 'core', 'misc', 'interfaces', 'types']);

/** Folders that could hold anything soon hold everything, and so do files. */
export const noNamesForAnything: Rule = (tree) =>
  tree.paths.flatMap((path) => {
    const name = path.split('/').find((part) => emptyNames.has(part.replace(/\.[cm]?[jt]s$/, '')));
    return name ? [{ path, line: 1, message: `${name} can hold anything: name it after what it holds.` }] : [];
  });

const roles = 'config|controller|filter|interceptor|metrics|module|reader';
const testKinds = 'unit|int|e2e';
const fileName = new RegExp(
  `^[a-z0-9]+(?:-[a-z0-9]+)*(?:\\.(?:${roles}))?(?:(?:\\.property)?\\.(?:${testKinds})\\.test)?\\.ts$`,
);

export const filesAreNamedByRole: Rule = (tree) =>
  tree.files
    .filter(({ path }) => path.endsWith('.ts') && path.includes('/src/'))
    .filter(({ path }) => !fileName.test(path.split('/').at(-1) ?? ''))
    .map(({ path }) => ({
      path,
      line: 1,
      message: `A file is named-like-this.ts, with one of the roles ${roles} and, if it is a test, ${testKinds}: rename it.`,
    }));

export const noUnfinishedWork: Rule = (tree) =>
  tree.files.flatMap((file) =>
    found(file, /\b(?:TO[D]O|FIX[M]E|X[X]X)\b/g, (word) => `${word} in the code: finish it or write an issue.`),
  );

export const readmeIsShort: Rule = (tree) => {
  const lines = linesOf(tree.read('README.md'));
  return lines > 80
    ? [{ path: 'README.md', line: 80, message: `${lines} lines, more than 80: move the rest to docs/.` }]
    : [];
};

/** A recorded address would send everybody to one registry. */
export const lockFileHasNoAddresses: Rule = (tree) => {
  const text = tree.read('package-lock.json');
  const at = text.search(/"resolved": "https?:/);
  if (at < 0) return [];
  const message = 'The lock file records addresses: npm config set omit-lockfile-registry-resolved true, make it anew.';
  return [{ path: 'package-lock.json', line: linesOf(text.slice(0, at)) + 1, message }];
};

/** Every file in `families/` stands in its collector's list, or nobody reads it. */
export const familiesAreListed: Rule = (tree) =>
  tree.files.flatMap(({ path }): Violation[] => {
    const [, collector, family] = /^(libs\/collectors\/[^/]+)\/src\/families\/([^/.]+)\.ts$/.exec(path) ?? [];
    if (!collector || tree.read(`${collector}/src/families.ts`).includes(`./families/${family}.js`)) return [];
    return [{ path, line: 1, message: `Nobody reads this family: list it in ${collector}/src/families.ts.` }];
  });

function found(file: SourceFile, pattern: RegExp, message: (match: string) => string): Violation[] {
  return [...file.text.matchAll(pattern)].map((match) => ({
    path: file.path,
    line: linesOf(file.text.slice(0, match.index)) + 1,
    message: message(match[0]),
  }));
}

/** Line ends in a text. */
function linesOf(text: string): number {
  return text.split('\n').length - 1;
}
