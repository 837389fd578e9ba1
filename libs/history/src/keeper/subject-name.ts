import { rollupSubject, type RollupRecord } from '@omninode/contracts';

/** What rollups are of: an operation, a counter or gauge of the report, a statement of a database. */
export interface SubjectNames {
  operation: {
    readonly k: 'operation';
    readonly entity: string;
    readonly service: string;
    readonly component: string;
    readonly operation: string;
  };
  counter: MeasuredName<'counter'>;
  gauge: MeasuredName<'gauge'>;
  statement: {
    readonly k: 'statement';
    readonly entity: string;
    readonly database: string;
    readonly userId: string;
    readonly queryId: string;
  };
}

interface MeasuredName<K> {
  readonly k: K;
  readonly entity: string;
  /** Of the metric. */
  readonly name: string;
  readonly unit: string;
  /** Without the instance of a service. */
  readonly labels: Readonly<Record<string, string>>;
}

export type Kind = keyof SubjectNames;
export type SubjectName<K extends Kind = Kind> = SubjectNames[K];

/** Equal for all hours of one subject. */
export function subjectKey(name: SubjectName): string {
  return rollupSubject(name as unknown as RollupRecord);
}

export function subjectNameOf(record: RollupRecord): SubjectName {
  const { entity } = record;
  switch (record.k) {
    case 'operation': {
      const { k, service, component, operation } = record;
      return { k, entity, service, component, operation };
    }
    case 'statement': {
      const { k, database, userId, queryId } = record;
      return { k, entity, database, userId, queryId };
    }
    case 'counter': {
      const { k, name, unit, labels } = record;
      return { k, entity, name, unit, labels };
    }
    case 'gauge': {
      const { k, name, unit, labels } = record;
      return { k, entity, name, unit, labels };
    }
  }
}
