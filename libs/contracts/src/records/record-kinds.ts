import type { z } from 'zod';
import { contentTypes } from '../measurement.js';
import type { TopicName } from '../topics.js';
import { alertRecord } from './alert.js';
import { closeRecord, dataRecord, dictionaryRecord, eventRecord } from './columns.js';
import { commandRecord } from './command.js';
import { memoryHeaders, memoryRecord } from './memory.js';
import { outcomeRecord } from './outcome.js';
import { rollupRecord } from './rollup.js';
import { rowsRecord } from './rows.js';
import { targetRecord } from './target.js';

/** A kind of record that other software may read or write. */
export interface RecordKind {
  /** Name of its JSON Schema and of its golden file. */
  readonly name: string;
  readonly topic: TopicName;
  /** What the header `content-type` says. */
  readonly contentType: string;
  readonly schema: z.ZodType;
  /** Headers that say more than the content type. */
  readonly headers?: z.ZodType;
}

const { rows, columns } = contentTypes;

/** The kinds whose form is public. State and summary are the aggregator's own; dead letters are other records. */
export const recordKinds: readonly RecordKind[] = [
  { name: 'rows', topic: 'measurement', contentType: rows, schema: rowsRecord },
  { name: 'dictionary', topic: 'measurement', contentType: columns, schema: dictionaryRecord },
  { name: 'data', topic: 'measurement', contentType: columns, schema: dataRecord },
  { name: 'event', topic: 'measurement', contentType: columns, schema: eventRecord },
  { name: 'close', topic: 'measurement', contentType: columns, schema: closeRecord },
  { name: 'target', topic: 'target', contentType: rows, schema: targetRecord },
  { name: 'memory', topic: 'memory', contentType: rows, schema: memoryRecord, headers: memoryHeaders },
  { name: 'alert', topic: 'alert', contentType: rows, schema: alertRecord },
  { name: 'command', topic: 'command', contentType: rows, schema: commandRecord },
  { name: 'outcome', topic: 'outcome', contentType: rows, schema: outcomeRecord },
  { name: 'rollup', topic: 'rollup', contentType: rows, schema: rollupRecord },
];
