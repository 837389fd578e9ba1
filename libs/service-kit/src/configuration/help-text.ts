import { serviceSections } from './service-config.js';
import { listSettings, rootOf } from './setting.js';
import type { ConfigurationOptions } from './load-configuration.js';
import type { Sections } from './setting.js';

/** What `--help` prints: every setting with its flag, variable, meaning and default. */
export function helpText<S extends Sections>(
  name: string,
  { sections, targetOptions, defaults = {} }: ConfigurationOptions<S>,
): string {
  const settings = listSettings(rootOf({ ...serviceSections(targetOptions), ...sections }));
  const lines = settings.flatMap(({ path, environment, meaning, expects, fallback }) => {
    const value = Object.hasOwn(defaults, path) ? defaults[path] : fallback;
    const names = environment.length > 0 ? `--${path}  ${environment.join('  ')}` : `${path} (configuration file only)`;
    return [
      names,
      `    ${meaning} It is ${expects}.${value === undefined ? '' : ` Default: ${typeof value === 'string' ? value : JSON.stringify(value)}.`}`,
    ];
  });
  return [
    `${name} [--config <file.yaml>] [--print-config] [--help] [--<setting>=<value> …]`,
    'Flags win over variables, variables over the file (also named by OMNINODE_CONFIG), the file over defaults. Every variable X can also be given as X_FILE, the name of a file that holds the value.',
    '',
    ...lines,
    '',
  ].join('\n');
}
