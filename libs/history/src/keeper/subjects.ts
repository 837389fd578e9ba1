import type { PartitionState } from '@omninode/aggregation';
import { newChain } from './cumulative.js';
import { newSubject, type Source, type Subject } from './subject.js';
import { subjectKey, type SubjectName } from './subject-name.js';
import { operationSeries, reportSeries, type OperationSeries } from './tracked-series.js';

type Series = PartitionState['store']['series'][number];

export interface SubjectLimits {
  /** Operations of a partition that have a rollup of their own; the rest is added up as `other`. */
  readonly operations: number;
  /** Report series, and statements, of a partition; the rest is left out and counted. */
  readonly reportSeries: number;
}

/** Series that operations beyond the cap may bring: each has a state in the snapshot. */
const mostFolded = 20_000;

/** What a partition's rollups are of. Bounded, whatever producers invent. */
export class Subjects {
  readonly byKey = new Map<string, Subject>();
  readonly counts = { operation: 0, counter: 0, gauge: 0, statement: 0 };
  /** Series that were added up in `other`. */
  folded = 0;
  /** Series and statements for which the limits left no room; each counts once a restart. */
  untracked = 0;

  constructor(private readonly limits: SubjectLimits) {}

  /** The source that a series is; `null` when no rollup is made of it. */
  sourceOf({ entity, metric, labelValues }: Series): Source | null {
    const ofOperation = Object.hasOwn(operationSeries, metric.name) ? operationSeries[metric.name] : undefined;
    const labels = labelsOf(metric.labelNames, labelValues);
    if (ofOperation?.kinds.includes(metric.kind)) return this.operationSource(entity, ofOperation, labels);
    const ofReport = Object.hasOwn(reportSeries, metric.name) ? reportSeries[metric.name] : undefined;
    if (!ofReport || ofReport.kind !== metric.kind) return null;
    if (!Object.entries(ofReport.where ?? {}).every(([name, value]) => labels[name] === value)) return null;
    const { service_instance: instance = '', ...rest } = labels;
    const subject = this.find({
      k: ofReport.kind,
      entity,
      name: metric.name,
      unit: metric.unit,
      labels: rest,
    } as SubjectName);
    return subject ? sourceIn(subject, instance, 'value', '') : null;
  }

  /** The subject with this name, made where there is room: for an operation else `other`, for the rest else none. */
  find(name: SubjectName): Subject | undefined {
    const key = subjectKey(name);
    const known = this.byKey.get(key);
    if (known) return known;
    if (name.k === 'operation') {
      if (this.counts.operation >= this.limits.operations && !isOther(name)) return this.find(otherOf(name));
    } else if (this.counts.counter + this.counts.gauge + this.counts.statement >= this.limits.reportSeries) {
      this.untracked++;
      return undefined;
    }
    return this.put(key, newSubject(name));
  }

  put(key: string, subject: Subject): Subject {
    this.byKey.set(key, subject);
    this.counts[subject.name.k]++;
    this.folded += subject.folded;
    return subject;
  }

  delete(key: string): void {
    const subject = this.byKey.get(key);
    if (!subject) return;
    this.byKey.delete(key);
    this.counts[subject.name.k]--;
    this.folded -= subject.folded;
  }

  /** Forgets a series of a subject; one that was beyond the cap makes room for another. */
  dropSource(subject: Subject, key: string): void {
    if (!subject.sources.delete(key) || subject.folded === 0 || !isOther(subject.name)) return;
    subject.folded--;
    this.folded--;
  }

  private operationSource(
    entity: string,
    { part, by }: OperationSeries,
    labels: Readonly<Record<string, string>>,
  ): Source | null {
    const { service_name: service = entity, component = '', operation = '', ...rest } = labels;
    const subject = this.find({ k: 'operation', entity, service, component, operation })!;
    const value = (by && rest[by]) ?? '';
    const others = Object.entries(rest).filter(([name]) => name !== by);
    const isFolded = isOther(subject.name) && !(component === 'other' && operation === 'other');
    const key = JSON.stringify([part, value, ...others.flat(), ...(isFolded ? [component, operation] : [])]);
    const known = subject.sources.get(key);
    if (known) return known;
    if (isFolded && this.folded >= mostFolded) {
      this.untracked++;
      return null;
    }
    if (isFolded) {
      this.folded++;
      subject.folded++;
    }
    return sourceIn(subject, key, part, value);
  }
}

export function sourceIn(subject: Subject, key: string, part: Source['part'], by: string): Source {
  const known = subject.sources.get(key);
  if (known) return known;
  const source: Source = { subject, part, by, chain: newChain(), seenMs: 0 };
  subject.sources.set(key, source);
  return source;
}

function labelsOf(names: readonly string[], values: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name, at) => [name, values[at]!] as const).filter(([, value]) => value !== ''));
}

const otherOf = ({ entity, service }: SubjectName<'operation'>): SubjectName => ({
  k: 'operation',
  entity,
  service,
  component: 'other',
  operation: 'other',
});

function isOther(name: SubjectName): boolean {
  return name.k === 'operation' && name.component === 'other' && name.operation === 'other';
}
