import type { Metric, Unit } from '@omninode/contracts';
import type { AnyFamily } from './define-family.js';
import type { Recorded } from './recorder.js';

const defaultMaxLabelSets = 200;
const other = 'other';

/**
 * Keeps a family's label sets below its cap. Who is in stays in while it is seen: if sets changed places from pass to pass,
 * the total of `other` would fall and rise by whole lifetimes, and every fall would read as a reset.
 */
export class LabelSets {
  #admitted = new Set<string>();
  readonly #others = new Map<string, OtherTotal>();

  constructor(private readonly family: AnyFamily) {}

  /** The values to publish: those within the cap, and one `other` for the rest. `cut`: how many label sets are in the rest. */
  cap(values: readonly Recorded[], atMs: number): { readonly values: readonly Recorded[]; readonly cut: number } {
    const setOf = (value: Recorded) => openValues(this.family, value);
    this.#admit(new Set(values.flatMap((value) => setOf(value) ?? [])));
    const isIn = (value: Recorded) => {
      const set = setOf(value);
      return set === undefined || this.#admitted.has(set);
    };
    const rest = values.filter((value) => !isIn(value));
    if (rest.length === 0) {
      this.#others.clear();
      return { values, cut: 0 };
    }
    const cut = new Set(rest.map(setOf)).size;
    return { values: [...values.filter(isIn), ...this.#sum(rest, atMs)], cut };
  }

  #admit(present: ReadonlySet<string>): void {
    const admitted = new Set([...this.#admitted].filter((set) => present.has(set)));
    const max = this.family.maxLabelSets ?? defaultMaxLabelSets;
    for (const set of present) {
      if (admitted.size >= max) break;
      admitted.add(set);
    }
    this.#admitted = admitted;
  }

  #sum(rest: readonly Recorded[], atMs: number): Recorded[] {
    const groups = Map.groupBy(rest, (value) => JSON.stringify([value.name, ...this.#othered(value)]));
    return [...groups].flatMap(([key, members]) => {
      const first = members[0] as Recorded;
      // Distributions beyond the cap are left out: `cut` counts them, and a merged one would change its past as sets come and go.
      if (first.distribution) return [];
      const labelValues = this.#othered(first);
      if (first.metric.kind === 'counter') {
        const total = this.#others.get(key) ?? { value: 0, startMs: atMs, last: new Map() };
        this.#others.set(key, total);
        addGrowth(total, members);
        return { ...first, labelValues, value: total.value, startMs: total.startMs };
      }
      const value = members.reduce((sum, member) => sum + member.value, 0);
      return isSummable(first.metric.unit) ? { ...first, labelValues, value } : [];
    });
  }

  #othered({ metric, labelValues }: Recorded): string[] {
    const open = openLabelsOf(this.family, metric);
    return labelValues.map((value, at) => (open.includes(metric.labels[at] as string) ? other : value));
  }
}

/** A total over label sets that come and go: what they grew by while they were seen. */
interface OtherTotal {
  value: number;
  readonly startMs: number;
  last: Map<string, number>;
}

/** The first sight of a set adds nothing: whether it is new or was one of the admitted, its past is not growth. */
function addGrowth(total: OtherTotal, members: readonly Recorded[]): void {
  const last = new Map<string, number>();
  for (const { labelValues, value } of members) {
    const key = JSON.stringify(labelValues);
    const before = total.last.get(key) ?? value;
    total.value += value >= before ? value - before : value;
    last.set(key, value);
  }
  total.last = last;
}

function openValues(family: AnyFamily, { metric, labelValues }: Recorded): string | undefined {
  const open = openLabelsOf(family, metric);
  if (open.length === 0) return undefined;
  return JSON.stringify(metric.labels.flatMap((label, at) => (open.includes(label) ? [label, labelValues[at]] : [])));
}

function openLabelsOf(family: AnyFamily, metric: Metric): readonly string[] {
  return family.openLabels ? metric.labels.filter((label) => family.openLabels?.includes(label)) : metric.labels;
}

/** Ages, ratios, points in time and yes or no have no meaningful sum. */
function isSummable(unit: Unit): boolean {
  return !['ratio', 'timestamp', 'boolean', 'version', 'seconds'].includes(unit);
}
