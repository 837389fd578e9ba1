import type { Metric, MetricDefinition, MetricKind } from '@omninode/contracts';
import type { PartitionState } from '../state/partition-state.js';
import type { SeriesStore } from '../store/series-store.js';

/** `text`: Prometheus 0.0.4. `openmetrics`: OpenMetrics 1.0. */
export type Format = 'text' | 'openmetrics';

/** A sample of the aggregator's own, which is in no store. */
export interface OwnSample {
  readonly name: string;
  readonly metric: Metric;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A family of the page: its header stands once, whoever sent its series. */
export interface PlannedFamily {
  /** As the header names it: OpenMetrics leaves `_total` out. */
  readonly title: string;
  readonly kind: MetricKind;
  /** A counter whose name OpenMetrics does not allow for one: its type can't be told there. */
  readonly isUnknown: boolean;
  readonly metric: Pick<MetricDefinition, 'name' | 'kind' | 'unit' | 'help'>;
  readonly own: readonly OwnSample[];
  readonly parts: readonly FamilyPart[];
}

export interface FamilyPart {
  readonly store: SeriesStore;
  /** The place of its partition in the list of states. */
  readonly nth: number;
  readonly numbers: readonly number[];
}

export interface Plan {
  readonly families: readonly PlannedFamily[];
  /** Series that are left out, because the page would not be valid with them. */
  readonly leftOut: number;
}

/**
 * What the page shows, family by family in the order of their names. Where producers give one name different kinds, the kind
 * of the most series stands (ours where the name is our own); where a name is also a part of another family (`a_count` beside
 * a histogram `a`), the first family stands. The others are left out: a page that Prometheus refuses would hide everything.
 */
export function planPage(states: readonly PartitionState[], own: readonly OwnSample[], format: Format): Plan {
  const ownByName = Map.groupBy(own, ({ name }) => name);
  const partsByName = new Map<string, (FamilyPart & { readonly metric: MetricDefinition })[]>();
  for (const [nth, { store }] of states.entries()) {
    for (const [name, ofKinds] of store.families()) {
      const parts = partsByName.get(name) ?? [];
      partsByName.set(name, parts);
      for (const { metric, numbers } of ofKinds) if (numbers.length > 0) parts.push({ store, nth, numbers, metric });
    }
  }
  const taken = new Set<string>();
  const families: PlannedFamily[] = [];
  let leftOut = 0;
  for (const name of new Set([...ownByName.keys(), ...partsByName.keys()].sort())) {
    const ownSamples = ownByName.get(name) ?? [];
    const allParts = partsByName.get(name) ?? [];
    const kind = ownSamples[0]?.metric.kind ?? mostUsedKind(allParts);
    if (kind === undefined) continue;
    const parts = allParts.filter(({ metric }) => metric.kind === kind);
    leftOut += seriesIn(allParts) - seriesIn(parts);
    const names = namesOf(name, kind, format, taken);
    if (names.all.some((each) => taken.has(each))) {
      leftOut += seriesIn(parts);
      continue;
    }
    for (const each of names.all) taken.add(each);
    const metric = ownSamples[0]
      ? { ...ownSamples[0].metric, name, help: ownSamples[0].metric.meaning }
      : parts[0]!.metric;
    families.push({ title: names.title, kind, isUnknown: names.isUnknown, metric, own: ownSamples, parts });
  }
  return { families, leftOut };
}

interface FamilyNames {
  readonly title: string;
  readonly isUnknown: boolean;
  /** The title and the names of all samples. */
  readonly all: readonly string[];
}

function namesOf(name: string, kind: MetricKind, format: Format, taken: ReadonlySet<string>): FamilyNames {
  const isOpen = format === 'openmetrics';
  if (kind === 'gauge' || (kind === 'counter' && !isOpen)) return { title: name, isUnknown: false, all: [name] };
  if (kind !== 'counter') {
    const parts = ['_bucket', '_sum', '_count', ...(isOpen ? ['_created'] : [])];
    return { title: name, isUnknown: false, all: [name, ...parts.map((part) => name + part)] };
  }
  const title = name.replace(/_total$/, '');
  if (title === name || taken.has(title)) return { title: name, isUnknown: true, all: [name] };
  return { title, isUnknown: false, all: [title, name, `${title}_created`] };
}

function mostUsedKind(
  parts: readonly { numbers: readonly number[]; metric: MetricDefinition }[],
): MetricKind | undefined {
  const counts = new Map<MetricKind, number>();
  for (const { numbers, metric } of parts) counts.set(metric.kind, (counts.get(metric.kind) ?? 0) + numbers.length);
  return [...counts].reduce<[MetricKind, number] | undefined>(
    (most, each) => (most && most[1] >= each[1] ? most : each),
    undefined,
  )?.[0];
}

function seriesIn(parts: readonly FamilyPart[]): number {
  return parts.reduce((sum, { numbers }) => sum + numbers.length, 0);
}
