import { packageOf, projectOf, projectsOf, rootPackages, type Project } from './projects.js';
import { isTest, type SourceFile } from './source-tree.js';
import type { Rule, Violation } from './violation.js';

/** What is imported is declared, and what is declared is imported. */
export const dependenciesAreDeclared: Rule = (tree) => {
  const projects = projectsOf(tree);
  const ofTheRoot = rootPackages(tree);
  return projects.flatMap((project) => {
    const files = tree.files.filter(({ path }) => projectOf(projects, path) === project);
    return [...undeclared(project, files, ofTheRoot), ...unused(project, files)];
  });
};

function undeclared(project: Project, files: readonly SourceFile[], ofTheRoot: ReadonlySet<string>): Violation[] {
  return files.flatMap(({ path, imports }) =>
    imports.flatMap(({ specifier, line }) => {
      const name = packageOf(specifier);
      if (name === undefined || name === project.name || project.dependencies.includes(name)) return [];
      const isForDevelopers = isTest(path) || developerProjects.has(project.folder);
      if (isForDevelopers && (project.devDependencies.includes(name) || ofTheRoot.has(name))) return [];
      return [{ path, line, message: `${name} is not a dependency in ${project.folder}/package.json: declare it.` }];
    }),
  );
}

function unused(project: Project, files: readonly SourceFile[]): Violation[] {
  const used = new Set(files.flatMap(({ imports }) => imports.map(({ specifier }) => packageOf(specifier))));
  return [...project.dependencies, ...project.devDependencies]
    .filter((name) => !used.has(name.replace(/^@types\//, '')) && !loadedByNest.has(name))
    .map((name) => ({
      path: `${project.folder}/package.json`,
      line: 1,
      message: `${name} is declared and never imported: take it out.`,
    }));
}

/** They are run by developers only, so the root's packages are theirs. */
const developerProjects = new Set(['tools', 'dashboards', 'libs/testing']);

/** Peers that Nest loads by itself. */
const loadedByNest = new Set([
  'reflect-metadata',
  'rxjs',
  '@nestjs/core',
  '@nestjs/microservices',
  '@nestjs/platform-fastify',
  'fastify',
]);

/** Under ESM a cycle between decorated classes fails at load; any other is a knot that nobody needs. */
export const noCycles: Rule = (tree) => {
  const byPath = new Map(tree.files.map((file) => [file.path, file]));
  const doors = new Map(projectsOf(tree).map(({ name, folder }) => [name, `${folder}/src/index.ts`]));
  const done = new Set<string>();
  const violations: Violation[] = [];
  for (const { path } of tree.files) visit(path, []);
  return violations;

  function visit(path: string, trail: readonly string[]): void {
    const at = trail.indexOf(path);
    if (at >= 0) {
      const circle = [...trail.slice(at), path].join(' → ');
      violations.push({
        path,
        line: 1,
        message: `Files import in a circle: ${circle}. Move what both need to a third.`,
      });
    }
    if (at >= 0 || done.has(path)) return;
    for (const { specifier, isTypeOnly } of byPath.get(path)?.imports ?? []) {
      const target = specifier.startsWith('.') ? besides(path, specifier) : doors.get(specifier);
      if (!isTypeOnly && target !== undefined) visit(target, [...trail, path]);
    }
    done.add(path);
  }
};

function besides(path: string, specifier: string): string {
  return new URL(specifier, `file:///${path}`).pathname.slice(1).replace(/\.js$/, '.ts');
}
