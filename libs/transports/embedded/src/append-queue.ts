import { setImmediate as nextTurn } from 'node:timers/promises';
import { partitionOf, type NewRecord, type Position } from '@omninode/contracts';
import { embeddedErrors } from './errors.js';
import type { LogFile, Placed, TopicRow } from './log-file.js';

export interface AppendQueueOptions {
  readonly log: LogFile;
  topic(name: string): TopicRow;
  maxRecordBytes(topic: string): number;
  nowMs(): number;
  /** Told after each commit which partitions have something new. */
  onAppended(positions: readonly Position[]): void;
}

interface Call {
  readonly records: readonly Placed[];
  readonly names: readonly string[];
  resolve(positions: readonly Position[]): void;
  reject(error: unknown): void;
}

/** A commit costs far more than a row, and a long one holds up the process: so many records go together at most. */
const recordsPerTransaction = 50;

/** Appends in the order of the calls; calls that come together share a commit. */
export class AppendQueue {
  private waiting: Call[] = [];
  private running: Promise<void> | undefined;
  private isClosed = false;

  constructor(private readonly options: AppendQueueOptions) {}

  publish(records: readonly NewRecord[]): Promise<readonly Position[]> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) throw embeddedErrors.BUS_CLOSED();
      // The bytes are ours from here on, as they would be on a wire.
      this.waiting.push({
        records: records.map((record) => this.place(record)),
        names: records.map(({ topic }) => topic),
        resolve,
        reject,
      });
      this.running ??= this.run();
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.running;
  }

  private place(record: NewRecord): Placed {
    const { topic: name, key, value, headers = {} } = record;
    const topic = this.options.topic(name);
    const partition = record.partition ?? partitionOf(key, topic.partitions);
    if (!Number.isInteger(partition) || partition < 0 || partition >= topic.partitions)
      throw embeddedErrors.PARTITION_UNKNOWN({ topic: name, partition, last: topic.partitions - 1 });
    const bytes = (value?.length ?? 0) + Buffer.byteLength(key);
    const limit = this.options.maxRecordBytes(name);
    if (bytes > limit) throw embeddedErrors.RECORD_TOO_LARGE({ topic: name, bytes, limit });
    return { topic: topic.id, partition, key, value: value && Buffer.from(value), headers: JSON.stringify(headers) };
  }

  private async run(): Promise<void> {
    await nextTurn();
    while (this.waiting.length > 0) {
      this.commit(this.takeCalls());
      await nextTurn();
    }
    this.running = undefined;
  }

  private takeCalls(): Call[] {
    let records = 0;
    let calls = 0;
    while (
      calls < this.waiting.length &&
      (calls === 0 || records + this.waiting[calls]!.records.length <= recordsPerTransaction)
    ) {
      records += this.waiting[calls++]!.records.length;
    }
    return this.waiting.splice(0, calls);
  }

  private commit(calls: readonly Call[]): void {
    const { log, nowMs, onAppended } = this.options;
    try {
      const timeMs = nowMs();
      const answers = log.transaction(() =>
        calls.map(({ records, names }) =>
          records.map((record, nth) => ({
            topic: names[nth]!,
            partition: record.partition,
            offset: log.append(record, timeMs),
          })),
        ),
      );
      onAppended(answers.flat());
      calls.forEach((call, nth) => call.resolve(answers[nth]!));
    } catch (error) {
      for (const call of calls) call.reject(error);
    }
  }
}
