import { decodeRecord, contentTypes, encodeDictionary, limits, slotsOf } from '@omninode/contracts';
import type { DictionarySlice, Metric, MetricDefinition } from '@omninode/contracts';

/**
 * A producer's series in the order in which they were defined: their position is their index on the wire. Append-only.
 * Found without making a string: one map from name to metric, and below it one map for each label.
 */
export class SeriesTable {
  private readonly metrics = new Map<string, MetricEntry>();
  private readonly owners: MetricEntry[] = [];
  private readonly labelValues: (readonly string[])[] = [];
  private readonly slotCounts: number[] = [];
  private filled = 0;

  constructor(
    private readonly labels: Readonly<Record<string, string>>,
    private readonly maxSeries: number,
  ) {}

  get size(): number {
    return this.owners.length;
  }

  /** How many series a pass can give a value in `x`: all but the exponential ones. */
  get sizeWithSlots(): number {
    return this.filled;
  }

  /** The index of a series, defined when it is new. −1: over the cap, or not of the form that readers take. */
  find(name: string, metric: Metric, labelValues: readonly string[]): number {
    let entry = this.metrics.get(name);
    if (entry?.declared !== metric) entry = this.define(name, metric, entry);
    if (entry === undefined || labelValues.length !== metric.labels.length) return -1;
    let node: Node | undefined = entry.root;
    for (let at = 0; node !== undefined && at < labelValues.length; at++) node = node.next.get(labelValues[at]!);
    return node === undefined || node.series < 0 ? this.add(entry, labelValues) : node.series;
  }

  /** Slots of a series in `x`; `undefined` for an index that was never given out. */
  slots(series: number): number | undefined {
    return series < 0 ? undefined : this.slotCounts[series];
  }

  isExponential(series: number): boolean {
    return this.owners[series]?.definition.kind === 'exponential';
  }

  slice(from: number, to: number): DictionarySlice {
    const positions = new Map<MetricEntry, number>();
    const series: (readonly [number, readonly string[]])[] = [];
    for (let index = from; index < to; index++) {
      const owner = this.owners[index]!;
      if (!positions.has(owner)) positions.set(owner, positions.size);
      series.push([positions.get(owner)!, this.labelValues[index]!]);
    }
    return { from, metrics: [...positions.keys()].map(({ definition }) => definition), series };
  }

  /** `known`: what the name means so far. Another declaration must say the same, or a reader could not tell them apart. */
  private define(name: string, metric: Metric, known: MetricEntry | undefined): MetricEntry | undefined {
    const added = Object.entries(this.labels).filter(([label]) => !metric.labels.includes(label));
    const definition: MetricDefinition = {
      name,
      kind: metric.kind,
      unit: metric.unit,
      help: metric.meaning,
      labelNames: [...added.map(([label]) => label), ...metric.labels],
      bounds: metric.bounds ?? [],
    };
    if (known) return meansTheSame(known.definition, definition) ? known : undefined;
    const addedValues = added.map(([, value]) => value);
    const slots = slotsOf(definition.kind, definition.bounds);
    const entry: MetricEntry = { declared: metric, definition, addedValues, slots, root: newNode() };
    if (!isReadable(entry)) return undefined;
    this.metrics.set(name, entry);
    return entry;
  }

  private add(entry: MetricEntry, labelValues: readonly string[]): number {
    if (this.size >= this.maxSeries || !labelValues.every(isLabelValue)) return -1;
    let node = entry.root;
    for (const value of labelValues) {
      const next = node.next.get(value) ?? newNode();
      node.next.set(value, next);
      node = next;
    }
    node.series = this.size;
    this.owners.push(entry);
    this.labelValues.push([...entry.addedValues, ...labelValues]);
    this.slotCounts.push(entry.slots);
    if (entry.slots > 0) this.filled += 1;
    return node.series;
  }
}

interface Node {
  readonly next: Map<string, Node>;
  series: number;
}

interface MetricEntry {
  readonly declared: Metric;
  readonly definition: MetricDefinition;
  /** Values of the producer's own labels. */
  readonly addedValues: readonly string[];
  readonly slots: number;
  readonly root: Node;
}

function newNode(): Node {
  return { next: new Map(), series: -1 };
}

function meansTheSame(one: MetricDefinition, other: MetricDefinition): boolean {
  return meaningOf(one) === meaningOf(other);
}

function meaningOf({ kind, unit, labelNames, bounds }: MetricDefinition): string {
  return JSON.stringify([kind, unit, labelNames, bounds]);
}

function isLabelValue(value: unknown): boolean {
  return typeof value === 'string' && value.length <= limits.labelValueLength && value.isWellFormed();
}

/** Asks the decoder: one definition that it refuses would cost every series of the slice. */
function isReadable({ definition, addedValues }: MetricEntry): boolean {
  const head = { producer: 'trial', entity: 'trial', incarnation: 0, sequence: 1, timeMs: limits.earliestMs };
  const labelValues = [...addedValues, ...definition.labelNames.slice(addedValues.length).map(() => '')];
  const trial = encodeDictionary(head, { from: 0, metrics: [definition], series: [[0, labelValues]] });
  return decodeRecord(trial, contentTypes.columns, 'trial').ok;
}
