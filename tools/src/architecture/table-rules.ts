import { layerOf, matches, nodeModules, testsMayImport, testsMayUse, type Layer, type Packages } from './layers.js';
import { packageOf, projectOf, projectsOf, rootPackages, type Project } from './projects.js';
import { isTest, type SourceTree } from './source-tree.js';
import type { Rule, Violation } from './violation.js';

/** Every project stands in the table. */
export const everyProjectHasALayer: Rule = (tree) =>
  projectsOf(tree)
    .filter(({ folder }) => !layerOf(folder))
    .map(({ folder }) => ({
      path: `${folder}/package.json`,
      line: 1,
      message: 'This project is in no layer: add it to tools/src/architecture/layers.ts.',
    }));

/** The table itself. Tests may also import what they test with. */
export const importsFollowTheTable: Rule = (tree) => {
  const projects = projectsOf(tree);
  const forTests = { names: [...rootPackages(tree)] };
  return eachImport(tree, (path, specifier) => {
    const project = projectOf(projects, path);
    const layer = project && layerOf(project.folder);
    const name = packageOf(specifier);
    if (!layer || name === undefined || name === project.name) return undefined;
    const rights = isTest(path) ? rightsOfTests(layer, forTests) : layer;
    if (layer.testPackages?.includes(name) && isTest(path)) return undefined;
    const other = projects.find((candidate) => candidate.name === name);
    return other ? problemWithProject(rights, other) : problemWithPackage(rights, name, path);
  });
};

function rightsOfTests(layer: Layer, forTests: Packages): Layer {
  return {
    ...layer,
    mayImport: [...layer.mayImport, ...testsMayImport],
    packages: [...layer.packages.map(({ names }) => ({ names })), ...testsMayUse, forTests],
  };
}

function problemWithProject(layer: Layer, { name, folder }: Project): string | undefined {
  const other = layerOf(folder)?.name ?? 'none';
  if (layer.mayImport.includes(other)) return undefined;
  return `Layer ${layer.name} may not import ${name} (layer ${other}): see the table in CONTRIBUTING.md.`;
}

function problemWithPackage(layer: Layer, name: string, path: string): string | undefined {
  const allowed = layer.packages.filter(({ names }) => names.some((pattern) => matches(pattern, name)));
  if (allowed.length === 0) return `Layer ${layer.name} may not use ${name}: see the table in CONTRIBUTING.md.`;
  if (allowed.some(({ onlyIn = '' }) => path.endsWith(onlyIn))) return undefined;
  return `${name} may be used in files *${allowed[0]?.onlyIn} only: move what needs it there.`;
}

/** Node's own modules are free, except for those that a layer's promise rules out. */
export const nodeModulesFollowTheTable: Rule = (tree) => {
  const projects = projectsOf(tree);
  return eachImport(tree, (path, specifier) => {
    if (!specifier.startsWith('node:') || isTest(path)) return undefined;
    const layer = layerOf(projectOf(projects, path)?.folder ?? '');
    if (layer?.isPure && !nodeModules.pure.some((name) => name === specifier))
      return `${specifier} in a pure lib, which may use ${nodeModules.pure.join(', ')}: take what it gives as an argument.`;
    if (isInCollector(path) && !path.endsWith('.reader.ts') && nodeModules.network.some((name) => name === specifier))
      return `${specifier} outside of a reader: only *.reader.ts talks to the source.`;
    if (specifier === nodeModules.sqlite.name && !nodeModules.sqlite.in.some((begin) => path.startsWith(begin)))
      return `${specifier} is used in ${nodeModules.sqlite.in.join(' and ')} only: use the bus.`;
    return undefined;
  });
};

function isInCollector(path: string): boolean {
  return path.startsWith('libs/collectors/');
}

/** A lib is entered by its index, or another door of its package.json; tests also by what it offers to them. */
export const noDeepImports: Rule = (tree) => {
  const doors = new Set(projectsOf(tree).flatMap(({ doors: of }) => of));
  return eachImport(tree, (path, specifier) => {
    if (!/^@omninode\/[^/]+\/./.test(specifier)) return undefined;
    if (specifier.endsWith('/testing') ? isTest(path) : doors.has(specifier)) return undefined;
    return `${specifier} reaches behind the door of its lib: export it from its index.ts.`;
  });
};

/** A relative path must not leave its project either. */
export const noImportsAcrossProjects: Rule = (tree) => {
  const projects = projectsOf(tree);
  return eachImport(tree, (path, specifier) => {
    // What runs before anything is installed has no packages to import.
    if (!specifier.startsWith('.') || path === 'tools/bootstrap.mjs') return undefined;
    const folder = projectOf(projects, path)?.folder;
    const target = new URL(specifier, `file:///${path}`).pathname.slice(1);
    return folder === undefined || target.startsWith(`${folder}/`)
      ? undefined
      : `${specifier} leaves ${folder}: import the other project by its name.`;
  });
};

function eachImport(tree: SourceTree, problem: (path: string, specifier: string) => string | undefined): Violation[] {
  return tree.files.flatMap(({ path, imports }) =>
    imports.flatMap(({ specifier, line }) => {
      const message = problem(path, specifier);
      return message === undefined ? [] : [{ path, line, message }];
    }),
  );
}
