import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BusPublisher, NewRecord, Position } from '@omninode/contracts';
import { unavailable } from './faulty-bus.js';
import type { Answer } from './faulty-bus.js';

/** A faulty bus whose topic lies in files, one for each process that publishes, so that it outlives them. */
export class FileBus implements BusPublisher {
  answer: () => Answer = () => 'take';
  private readonly path: string;
  private written = 0;

  /** `name`: of the process, in the file's name. */
  constructor(folder: string, name: string) {
    this.path = join(folder, `topic-${name}.log`);
  }

  async publish(records: readonly NewRecord[]): Promise<readonly Position[]> {
    const answer = this.answer();
    if (answer instanceof Error) throw answer;
    const at = Number(process.hrtime.bigint());
    const lines = records.map((record) => JSON.stringify({ at, ...record, value: record.value!.toString('base64') }));
    appendFileSync(this.path, lines.map((line) => `${line}\n`).join(''));
    this.written += records.length;
    if (answer === 'lose the answer') throw unavailable();
    return records.map(({ topic }, nth) => ({ topic, partition: 0, offset: this.written - records.length + nth }));
  }
}

/** What the topic holds, in the order in which it was published. A line that a kill cut short was never acknowledged. */
export function readTopic(folder: string): NewRecord[] {
  const files = readdirSync(folder).filter((name) => name.startsWith('topic-'));
  const lines = files.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1));
  const records = lines.map((line) => JSON.parse(line) as Line).toSorted((a, b) => a.at - b.at);
  return records.map((record) => ({ ...record, value: Buffer.from(record.value, 'base64') }));
}

interface Line extends Omit<NewRecord, 'value'> {
  /** The machine's monotonic clock, ns. */
  readonly at: number;
  readonly value: string;
}
