import { addressOf } from './address.js';
import { formatDuration } from './duration.js';
import { Secret } from './secret.js';
import { formatSize } from './size.js';
import { describeSource } from './source.js';
import type { LoadedConfiguration } from './load-configuration.js';
import type { Sections, Setting } from './setting.js';
import type { Target } from './targets.js';

/** Every value and where it comes from, a line each: `http.port = 8081  (from environment OMNINODE_HTTP_PORT)`. No secrets. */
export function describeConfiguration<S extends Sections>(loaded: LoadedConfiguration<S>): string {
  const lines = loaded.settings.flatMap((setting) => {
    if (setting.path === 'targets' && loaded.values.targets.length > 0)
      return loaded.values.targets.map((target, index) => targetLine(loaded, target, index));
    const value = setting.path
      .split('.')
      .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], loaded.values);
    if (value === undefined) return [`${setting.path} is not set`];
    return [`${setting.path} = ${formatValue(setting, value)}  (${origin(loaded, setting.path.split('.'))})`];
  });
  return `${lines.join('\n')}\n`;
}

function targetLine<S extends Sections>(loaded: LoadedConfiguration<S>, target: Target, index: number): string {
  return `targets[${index}] = ${target.kind} ${target.id} at ${addressOf(target.url)}  (${origin(loaded, ['targets', index])})`;
}

function origin<S extends Sections>(loaded: LoadedConfiguration<S>, path: readonly (string | number)[]): string {
  const source = loaded.sourceOf(path);
  return source.from === 'default' ? 'default' : `from ${describeSource(source)}`;
}

function formatValue(setting: Setting, value: unknown): string {
  if (setting.kind === 'duration') return formatDuration(value as number);
  if (setting.kind === 'size') return formatSize(value as number);
  const plain = value instanceof Secret || (typeof value === 'string' && !/[\p{Cc}]/u.test(value));
  return plain ? String(value) : JSON.stringify(value);
}
