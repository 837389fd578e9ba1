import type { SourceTree } from './source-tree.js';

export interface Project {
  /** Its folder from the root. */
  readonly folder: string;
  /** Its package name. */
  readonly name: string;
  /** How it may be entered: its name, and its name with each further path that its package.json exports. */
  readonly doors: readonly string[];
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
}

/** The npm workspaces of the tree. */
export function projectsOf(tree: SourceTree): Project[] {
  return tree.paths
    .filter((path) => path.endsWith('/package.json') && !path.includes('node_modules/'))
    .map((path) => {
      const {
        name,
        exports = {},
        peerDependencies,
        devDependencies = {},
        ...own
      } = JSON.parse(tree.read(path)) as PackageJson;
      const dependencies = { ...peerDependencies, ...own.dependencies };
      const folder = path.slice(0, -'/package.json'.length);
      const doors = Object.keys(exports).map((door) => name + door.slice(1));
      return {
        folder,
        name,
        doors,
        dependencies: Object.keys(dependencies),
        devDependencies: Object.keys(devDependencies),
      };
    })
    .sort((a, b) => b.folder.length - a.folder.length);
}

/** The project that a file lies in: the deepest folder counts. */
export function projectOf(projects: readonly Project[], path: string): Project | undefined {
  return projects.find(({ folder }) => path.startsWith(`${folder}/`));
}

/** The package of an import: `@nestjs/common`, `pg`; `undefined` for files and Node's own modules. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Packages that the root declares: what tests and developers use everywhere. */
export function rootPackages(tree: SourceTree): ReadonlySet<string> {
  const { devDependencies = {} } = JSON.parse(tree.read('package.json') || '{}') as Partial<PackageJson>;
  return new Set(Object.keys(devDependencies));
}

interface PackageJson {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
