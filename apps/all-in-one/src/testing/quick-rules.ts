/** By rule: texts of its levels and what stands for them, where they are times. */
export type Thresholds = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The texts of rules with their times shortened and nothing else: a minute takes `minute` seconds. */
export function quickRules(text: string, minute: number, thresholds: Thresholds): string {
  return text
    .split(/^(?= {2}- name: )/m)
    .map((rule) => withThresholds(rule, thresholds))
    .join('')
    .replace(
      /\b(over|for|after): (\d+)([sm])\b/g,
      (_, name: string, count: string, unit: string) =>
        `${name}: ${unit === 'm' ? Number(count) * minute : Math.ceil((Number(count) * minute) / 60)}s`,
    );
}

function withThresholds(rule: string, thresholds: Thresholds): string {
  const name = /^ {2}- name: (\w+)/.exec(rule)?.[1] ?? '';
  let changed = rule;
  for (const [from, to] of Object.entries(thresholds[name] ?? {})) {
    if (!rule.includes(`'${from}'`)) throw new Error(`${name} has no level '${from}'.`);
    changed = changed.replace(`'${from}'`, `'${to}'`);
  }
  return changed;
}
