import { dependenciesAreDeclared, noCycles } from './dependency-rules.js';
import {
  environmentInOneLib,
  networkInReadersOnly,
  noExportStar,
  noFocusedTests,
  noVanishingErrors,
  pureFilesHaveNoClock,
} from './syntax-rules.js';
import {
  everyProjectHasALayer,
  importsFollowTheTable,
  nodeModulesFollowTheTable,
  noDeepImports,
  noImportsAcrossProjects,
} from './table-rules.js';
import {
  familiesAreListed,
  filesAreNamedByRole,
  lockFileHasNoAddresses,
  noLongFiles,
  noNamesForAnything,
  noUnfinishedWork,
  readmeIsShort,
} from './text-rules.js';
import type { Rule } from './violation.js';

/** Every rule of the tree, by the name that its violations carry. Each needs a plant in `testing/`. */
export const rules = {
  'every-project-has-a-layer': everyProjectHasALayer,
  'imports-follow-the-table': importsFollowTheTable,
  'node-modules-follow-the-table': nodeModulesFollowTheTable,
  'no-deep-imports': noDeepImports,
  'no-imports-across-projects': noImportsAcrossProjects,
  'dependencies-are-declared': dependenciesAreDeclared,
  'no-cycles': noCycles,
  'pure-files-have-no-clock': pureFilesHaveNoClock,
  'environment-in-one-lib': environmentInOneLib,
  'network-in-readers-only': networkInReadersOnly,
  'no-export-star': noExportStar,
  'no-vanishing-errors': noVanishingErrors,
  'no-focused-tests': noFocusedTests,
  'no-long-files': noLongFiles,
  'no-names-for-anything': noNamesForAnything,
  'files-are-named-by-role': filesAreNamedByRole,
  'no-unfinished-work': noUnfinishedWork,
  'readme-is-short': readmeIsShort,
  'lock-file-has-no-addresses': lockFileHasNoAddresses,
  'families-are-listed': familiesAreListed,
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof rules;
