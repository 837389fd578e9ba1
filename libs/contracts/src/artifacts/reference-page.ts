import { z } from 'zod';
import { decodeCodes } from '../codec/codes.js';
import { deadLetterHeaders } from '../codec/dead-letter.js';
import { limitDeclarations } from '../codec/limits.js';
import { memoryHeaders } from '../records/memory.js';
import { recordKinds } from '../records/record-kinds.js';
import type { RecordKind } from '../records/record-kinds.js';
import { topicDeclarations, topicNames } from '../topics.js';
import type { TopicDeclaration, TopicName } from '../topics.js';
import { fieldRows } from './field-rows.js';
import { plainSchemaOf } from './json-schema.js';

/** The contract for people, from the same declarations as everything else. */
export function referencePage(): string {
  return `<!-- Generated from libs/contracts by \`npm run generate\`; changes belong there. -->
# The contract: topics and records

The topics are the public interface of the mesh: other services read and write them. This page, the JSON Schemas and the
[AsyncAPI document](contract/asyncapi.json) are generated from one source. How to use them:
[read and write the topics](../how-to/read-and-write-the-topics.md).

## Topics

Names have the form \`onex.<kind>.<producer>.<name>.v<N>\`; the producer part, \`omninode-mesh\` by default, is configurable.
A record's partition is murmur2 of its key, as Kafka's Java client computes it, so all topics whose key is an entity have it
in the same partition. Times are integer milliseconds since 1970 UTC.

${table(['Topic', 'Key', 'Clean-up', 'Kept', 'Carries'], topicRows())}

## Records

In the measurement topic the header \`content-type\` names the encoding; without it a record is rows. The key must be the entity.

${recordKinds.map(recordSection).join('\n')}
## Headers

### Memory

${fieldTable(memoryHeaders)}

### Dead letters

The value is the original one. The original headers follow, each with \`original.\` before its name.

${fieldTable(deadLetterHeaders)}

## Codes

Why a record was dead-lettered, or a point left out. A point that is left out does not harm the rest of its record.

${table(
  ['Code', 'Meaning'],
  Object.entries(decodeCodes).map(([code, meaning]) => [`\`${code}\``, meaning]),
)}

## Limits

${table(
  ['Limit', 'Value', 'Of what'],
  Object.entries(limitDeclarations).map(([name, [value, meaning]]) => [`\`${name}\``, String(value), meaning]),
)}

## Later versions

Fields and further elements of a tuple that a reader does not know are passed over; a new optional field keeps \`v\`. A record
in columns with an unknown \`k\` is counted and skipped. A change that breaks readers is a new \`v\` and a new version of the
topic, and both are read for one minor release. Golden records of each version: \`libs/contracts/testdata\`.
`;
}

function topicRows(): string[][] {
  const names = topicNames();
  return (Object.entries(topicDeclarations) as [TopicName, TopicDeclaration][]).map(([name, topic]) => [
    `\`${names[name]}\``,
    topic.explicitPartition
      ? `${topic.key}, and it lies in that partition`
      : topic.key.replace('<role>/<entity>', '`<role>/<entity>`'),
    topic.cleanup,
    keptFor(topic),
    topic.carries,
  ]);
}

function keptFor({ retentionMs, minCompactionLagMs }: TopicDeclaration): string {
  if (retentionMs !== undefined) return duration(retentionMs);
  return minCompactionLagMs === undefined
    ? 'latest of each key'
    : `all for ${duration(minCompactionLagMs)}, then the latest of each key`;
}

function duration(ms: number): string {
  const hours = ms / 3_600_000;
  return hours > 24 ? `${hours / 24} days` : `${hours} h`;
}

function recordSection({ name, topic, contentType, schema }: RecordKind): string {
  return `### ${name}

${schema.description ?? ''} Topic: ${topic}. \`content-type: ${contentType}\`. [JSON Schema](contract/${name}.v1.schema.json)

${fieldTable(schema)}
`;
}

function fieldTable(schema: z.ZodType): string {
  const rows = fieldRows(plainSchemaOf(schema)).map(({ path, type, isRequired, meaning }) => [
    `\`${path}\``,
    type,
    isRequired ? 'yes' : '',
    meaning,
  ]);
  return rows.length === 0
    ? 'A JSON object whose members nobody else reads.'
    : table(['Field', 'Type', 'Required', 'Meaning'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(tableLine).join('\n');
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
