import { busErrors } from '@omninode/bus';
import type { TopicDeclaration, TopicProblem } from '@omninode/contracts';
import type { BusFile } from './bus-file.js';
import { PartitionLog, type LogRow } from './partition-log.js';
import { logSchema } from './schema.js';

export interface Topic {
  readonly name: string;
  readonly declaration: TopicDeclaration;
  /** By partition number. */
  readonly logs: readonly PartitionLog[];
}

/** The topics that the file holds, by full name. */
export interface TopicStore {
  readonly all: ReadonlyMap<string, Topic>;
  /** Throws `TOPIC_UNKNOWN`. */
  get(name: string): Topic;
  /** Throws `TOPIC_UNKNOWN` or `PARTITION_UNKNOWN`. */
  log(name: string, partition: number): PartitionLog;
  /** Makes what is missing; says what is there and can't be used as it is. */
  prepare(): TopicProblem[];
}

/**
 * `declarations`: the wanted topics by full name. Limits and retention follow the declaration, because nobody else sets
 * them; what would move or remove records (partitions, cleanup) is fixed when a topic is made, and a difference is a problem.
 */
export function openTopicStore(
  file: BusFile,
  declarations: ReadonlyMap<string, TopicDeclaration>,
  partitions: number,
): TopicStore {
  const all = new Map<string, Topic>();
  const first = storedTopics(file);
  for (const [name, declaration] of declarations) if (first.has(name)) load(name, declaration);
  return { all, get, log, prepare };

  function load(name: string, declaration: TopicDeclaration): void {
    const rows = file.db.prepare('select * from log where topic = ? order by partition').all(name);
    const logs = rows.map(
      (row) => new PartitionLog(file.db, row as unknown as LogRow, declaration.cleanup !== 'delete'),
    );
    all.set(name, { name, declaration, logs });
  }

  function get(name: string): Topic {
    const topic = all.get(name);
    if (!topic) throw busErrors.TOPIC_UNKNOWN({ topic: name });
    return topic;
  }

  function log(name: string, partition: number): PartitionLog {
    const { logs } = get(name);
    const found = logs[partition];
    if (!found) throw busErrors.PARTITION_UNKNOWN({ topic: name, last: logs.length - 1, partition });
    return found;
  }

  function prepare(): TopicProblem[] {
    const stored = storedTopics(file);
    const missing = [...declarations].filter(([name]) => !stored.has(name));
    for (const [name, declaration] of missing) {
      file.transaction(() => createTopic(file, name, partitions, declaration.cleanup));
      load(name, declaration);
    }
    return [...stored.values()].flatMap((row) => {
      const declaration = declarations.get(row.name);
      return declaration ? problemsOf(row, declaration, partitions, file.path) : [];
    });
  }
}

interface TopicRow {
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: string;
}

function storedTopics({ db }: BusFile): Map<string, TopicRow> {
  const rows = db.prepare('select * from topic').all() as unknown as TopicRow[];
  return new Map(rows.map((row) => [row.name, row]));
}

function createTopic({ db }: BusFile, name: string, partitions: number, cleanup: TopicDeclaration['cleanup']): void {
  db.prepare('insert into topic (name, partitions, cleanup) values (?, ?, ?)').run(name, partitions, cleanup);
  const insert = db.prepare('insert into log (topic, partition) values (?, ?)');
  for (let partition = 0; partition < partitions; partition++) {
    const { lastInsertRowid } = insert.run(name, partition);
    db.exec(logSchema(Number(lastInsertRowid), cleanup !== 'delete'));
  }
}

function problemsOf(row: TopicRow, { cleanup }: TopicDeclaration, partitions: number, path: string): TopicProblem[] {
  const problems: string[] = [];
  if (row.partitions !== partitions)
    problems.push(
      `${row.name} in ${path} has ${row.partitions} partitions, ${partitions} are asked for: keys would move. ` +
        `Ask for ${row.partitions} again, or choose another folder.`,
    );
  if (row.cleanup !== cleanup)
    problems.push(
      `${row.name} in ${path} has the cleanup policy "${row.cleanup}", the mesh needs "${cleanup}": the file is of another version. ` +
        'Start the version that wrote it, or choose another folder.',
    );
  return problems.map((problem) => ({ topic: row.name, problem, fatal: true }));
}
