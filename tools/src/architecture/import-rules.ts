import { layerOf, matches, type Layer } from './layers.js';
import { packageOf, projectOf, projectsOf, type Project } from './projects.js';
import { isTest, type SourceFile } from './source-tree.js';
import type { Rule, Violation } from './violation.js';

/** Every project stands in the table. */
export const everyProjectHasALayer: Rule = (tree) =>
  projectsOf(tree)
    .filter(({ folder }) => !layerOf(folder))
    .map(({ folder }) => ({
      path: `${folder}/package.json`,
      line: 1,
      message: 'This project is in no layer: add it to layers.ts, and say who may import it.',
    }));

/** The table itself. Tests may import more: what they test it with. */
export const importsFollowTheTable: Rule = (tree) => {
  const projects = projectsOf(tree);
  return tree.files.flatMap((file) => {
    const project = projectOf(projects, file.path);
    const layer = project && layerOf(project.folder);
    if (!layer || isTest(file.path)) return [];
    return file.imports.flatMap(({ specifier, line }) => {
      const message = problemOf(file, project, layer, specifier, projects);
      return message ? [{ path: file.path, line, message }] : [];
    });
  });
};

function problemOf(
  file: SourceFile,
  project: Project,
  layer: Layer,
  specifier: string,
  projects: readonly Project[],
): string | undefined {
  const name = packageOf(specifier);
  if (name === undefined || name === project.name) return undefined;
  const other = projects.find((candidate) => candidate.name === name);
  if (other) {
    const otherLayer = layerOf(other.folder)?.name ?? 'none';
    return layer.mayImport.includes(otherLayer)
      ? undefined
      : `Layer ${layer.name} may not import ${name} (layer ${otherLayer}): see the table in CONTRIBUTING.md.`;
  }
  const allowed = layer.packages.filter(({ names }) => names.some((pattern) => matches(pattern, name)));
  if (allowed.length === 0) return `Layer ${layer.name} may not use ${name}: see the table in CONTRIBUTING.md.`;
  const [{ onlyIn }] = allowed as [Layer['packages'][number]];
  return allowed.some(({ onlyIn: end }) => end === undefined || file.path.endsWith(end))
    ? undefined
    : `${name} may be used in files *${onlyIn} only.`;
}

/** A lib is entered by its index; tests also by what it offers to them. */
export const noDeepImports: Rule = (tree) =>
  tree.files.flatMap(({ path, imports }) =>
    imports
      .filter(
        ({ specifier }) => /^@omninode\/[^/]+\/./.test(specifier) && !(isTest(path) && specifier.endsWith('/testing')),
      )
      .map(({ specifier, line }) => ({
        path,
        line,
        message: `${specifier} reaches behind the door of its lib: export it from its index.ts.`,
      })),
  );

/** What is imported is declared, and what is declared is imported. */
export const dependenciesAreDeclared: Rule = (tree) => {
  const projects = projectsOf(tree);
  const rootDependencies = new Set(rootDevDependencies(tree.read('package.json')));
  return projects.flatMap((project) => {
    const files = tree.files.filter(({ path }) => projectOf(projects, path) === project);
    const used = new Set<string>();
    const undeclared: Violation[] = [];
    for (const { path, imports } of files) {
      for (const { specifier, line } of imports) {
        const name = packageOf(specifier);
        if (name === undefined || name === project.name) continue;
        used.add(name);
        const declared = [...project.dependencies, ...(isTest(path) ? project.devDependencies : [])];
        if (
          declared.includes(name) ||
          (isTest(path) && rootDependencies.has(name)) ||
          isToolOfTheRoot(project, name, rootDependencies)
        )
          continue;
        undeclared.push({ path, line, message: `${name} is not a dependency in ${project.folder}/package.json.` });
      }
    }
    const unused = [...project.dependencies, ...project.devDependencies]
      .filter((name) => !used.has(name) && !neededWithoutImport.has(name))
      .map((name) => ({
        path: `${project.folder}/package.json`,
        line: 1,
        message: `${name} is declared and never imported: take it out.`,
      }));
    return [...undeclared, ...unused];
  });
};

/** Peers that Nest loads by itself. */
const neededWithoutImport = new Set([
  'reflect-metadata',
  'rxjs',
  '@nestjs/core',
  '@nestjs/microservices',
  '@nestjs/platform-fastify',
  'fastify',
]);

/** libs/testing is for tests, tools and dashboards for developers: the root's own packages are there. */
function isToolOfTheRoot({ folder }: Project, name: string, root: ReadonlySet<string>): boolean {
  return ['tools', 'dashboards', 'libs/testing'].includes(folder) && root.has(name);
}

function rootDevDependencies(text: string): string[] {
  return text ? Object.keys((JSON.parse(text) as { devDependencies?: object }).devDependencies ?? {}) : [];
}

/** Under ESM a cycle between decorated classes fails at load; any other is a knot that nobody needs. */
export const noCycles: Rule = (tree) => {
  const byPath = new Map(tree.files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const violations: Violation[] = [];
  for (const { path } of tree.files) visit(path, []);
  return violations;

  function visit(path: string, trail: readonly string[]): void {
    const at = trail.indexOf(path);
    if (at >= 0) {
      const cycle = [...trail.slice(at), path].join(' → ');
      violations.push({
        path,
        line: 1,
        message: `Files import each other in a circle: ${cycle}. Move what both need into a third.`,
      });
      return;
    }
    if (done.has(path)) return;
    for (const { specifier, isTypeOnly } of byPath.get(path)?.imports ?? []) {
      if (!isTypeOnly && specifier.startsWith('.')) visit(resolve(path, specifier), [...trail, path]);
    }
    done.add(path);
  }
};

function resolve(from: string, specifier: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/').replace(/\.js$/, '.ts');
}
