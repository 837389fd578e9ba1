import { CodedError } from '@omninode/contracts';
import { loadConfiguration, nearest, type Target } from '@omninode/service-kit';
import { errors } from '../errors.js';
import type { Kind } from './kinds.js';
import type { Watching } from './watching.js';

export interface Wanted {
  readonly kind: Kind;
  readonly watching: Watching;
  readonly url?: string | undefined;
  /** A configuration file. */
  readonly config?: string | undefined;
  readonly id?: string | undefined;
}

export interface Found {
  readonly targets: readonly Target[];
  /** The settings of the kind's collector. */
  readonly section: unknown;
}

/** The target at a URL, or those of the kind that file and environment configure. */
export function findTargets({ kind, watching, url, config, id }: Wanted): Found {
  if (url !== undefined) return givenTarget(kind, watching, url);
  const { name } = kind;
  const { targetOptions, section } = watching;
  const values = reworded(() =>
    loadConfiguration({
      argv: config === undefined ? [] : ['--config', config],
      sections: { collectors: { [name]: section } },
      targetOptions: { [name]: targetOptions },
    }),
  ).values;
  const all = values.targets.filter((target) => target.kind === name);
  const found = { targets: all, section: values.collectors[name] };
  if (all.length === 0) {
    const variable = kind.variable ? `set ${kind.variable} or ${kind.variable}_FILE, ` : '';
    throw errors.TARGET_MISSING({ kind: name, form: kind.form, variable });
  }
  if (id === undefined) return found;
  const targets = all.filter((target) => target.id === id);
  if (targets.length > 0) return { ...found, targets };
  throw errors.TARGET_UNKNOWN({ kind: name, given: id, hint: hintFor(id, all) });
}

/** Checked by the same schema as the configuration, and by nothing else: the environment is another mesh's. */
function givenTarget({ name }: Kind, { section, targetOptions }: Watching, url: string): Found {
  const { values } = reworded(
    () =>
      loadConfiguration({
        env: {},
        sections: { collectors: { [name]: section } },
        targetOptions: { [name]: targetOptions },
        defaults: { targets: [{ id: 'given', kind: name, url }] },
      }),
    (problem) => errors.URL_INVALID({ problem: problem.replace(/^default: targets\[0\]\.url /, '') }),
  );
  return { targets: values.targets, section: values.collectors[name] };
}

function reworded<T>(load: () => T, say = (problems: string) => errors.CONFIGURATION_INVALID({ problems })): T {
  try {
    return load();
  } catch (error) {
    if (error instanceof CodedError && error.code === 'CONFIGURATION_INVALID') throw say(String(error.fields.problems));
    throw error;
  }
}

function hintFor(id: string, targets: readonly Target[]): string {
  const ids = targets.map((target) => target.id);
  const near = nearest(id, ids);
  return near ? `Did you mean ${near}?` : `There are: ${ids.join(', ')}.`;
}
