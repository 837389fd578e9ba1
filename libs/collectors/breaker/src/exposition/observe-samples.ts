import type { Dialect } from '../dialects/dialect.js';
import type { Observation } from '../observation.js';
import { readSamples } from './read-samples.js';
import type { Sample, Samples } from './read-samples.js';
import { Sighting } from './sighting.js';
import type { Rule } from './rule.js';

export interface Exposition {
  readonly observations: readonly Observation[];
  /** `process_start_time_seconds` in ms since 1970 UTC; absent where it is not told. */
  readonly startMs: number | undefined;
  /** Breakers that were told of twice, with different further labels: their state is unknown where the two differ. */
  readonly ambiguous: readonly string[];
  readonly samples: Omit<Samples, 'wanted'>;
}

/** What an exposition says of breakers, by the first rule that fits each sample. What no rule fits is not looked at. */
export function observeExposition(text: string, dialects: readonly Dialect[]): Exposition {
  const rulesOf = ruleFinder(dialects);
  const { wanted, ...samples } = readSamples(text, (name) => startMetric.test(name) || rulesOf(name).length > 0);
  const sightings = new Map<string, Sighting>();
  for (const sample of wanted) note(sightings, sample, rulesOf(sample.name));
  const start = wanted.find(({ name }) => startMetric.test(name))?.value;
  const seen = [...sightings.values()];
  return {
    observations: seen.flatMap((sighting) => sighting.observation() ?? []),
    startMs: start === undefined ? undefined : Math.round(start * 1000),
    ambiguous: seen.filter(({ isAmbiguous }) => isAmbiguous).map(({ component }) => component),
    samples,
  };
}

/** Some put a prefix before it: opossum-prometheus `opossum_`. */
const startMetric = /^([a-z0-9]+_)?process_start_time_seconds$/;

interface Fitting {
  readonly rule: Rule;
  readonly dialect: Dialect;
  /** What the named groups of the rule's pattern matched. */
  readonly groups: Readonly<Record<string, string>>;
}

/** The rules for a metric's name, in order. Answers are kept: an exposition names each metric many times. */
function ruleFinder(dialects: readonly Dialect[]): (name: string) => readonly Fitting[] {
  const all = dialects.flatMap((dialect) => dialect.rules.map((rule) => ({ rule, dialect })));
  const found = new Map<string, readonly Fitting[]>();
  return (name) => {
    const known = found.get(name);
    if (known) return known;
    const fitting = all.flatMap(({ rule, dialect }) => {
      if (typeof rule.metric === 'string') return rule.metric === name ? [{ rule, dialect, groups: {} }] : [];
      const match = rule.metric.exec(name);
      return match ? [{ rule, dialect, groups: match.groups ?? {} }] : [];
    });
    found.set(name, fitting);
    return fitting;
  };
}

function note(sightings: Map<string, Sighting>, sample: Sample, fitting: readonly Fitting[]): void {
  for (const { rule, dialect, groups } of fitting) {
    if (!isWhere(rule, sample)) continue;
    const component = nameOf(rule.component, { ...sample.labels, ...groups });
    if (component === undefined) continue;
    const sighting = sightings.get(component) ?? new Sighting(component, dialect);
    sightings.set(component, sighting);
    return sighting.note(rule, sample, dialect);
  }
}

function isWhere({ where }: Rule, { labels }: Sample): boolean {
  return where === undefined || Object.entries(where).every(([label, value]) => labels[label] === value);
}

/** `undefined` where a label of the template is not there: such a sample tells of no breaker that could be named. */
function nameOf(template: string, values: Readonly<Record<string, string>>): string | undefined {
  let isWhole = true;
  const name = template.replace(/\{([^}]+)\}/g, (_, names: string) => {
    const value = names.split('|').flatMap((label) => values[label] || [])[0];
    if (value === undefined) isWhole = false;
    return value ?? '';
  });
  return isWhole ? name.slice(0, maxNameLength) : undefined;
}

const maxNameLength = 200;
