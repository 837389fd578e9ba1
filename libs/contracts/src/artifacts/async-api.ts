import { deadLetterHeaders } from '../codec/dead-letter.js';
import { recordKinds } from '../records/record-kinds.js';
import type { RecordKind } from '../records/record-kinds.js';
import { topicDeclarations } from '../topics.js';
import type { TopicDeclaration, TopicName } from '../topics.js';
import { plainSchemaOf } from './json-schema.js';
import type { JsonSchema } from './json-schema.js';

/** What the mesh does with the topics that other software may use. The others are its own. */
const operations: Readonly<Partial<Record<TopicName, readonly ('send' | 'receive')[]>>> = {
  measurement: ['receive', 'send'],
  target: ['receive'],
  alert: ['send'],
  command: ['send'],
  outcome: ['receive'],
  rollup: ['send'],
  deadLetter: ['send'],
};

const topics = Object.entries(topicDeclarations) as [TopicName, TopicDeclaration][];

/** The topics as an AsyncAPI 3.0 document, seen from the mesh: `send` is what it writes, `receive` what it reads. */
export function asyncApiDocument(): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'OmniNode Mesh topics',
      version: '1.0.0',
      description:
        'The topics on Kafka are the public interface of the mesh. Generated; see contract.md beside it for people.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(topics.map(([name, topic]) => [name, channelOf(name, topic)])),
    operations: Object.fromEntries(
      Object.entries(operations).flatMap(([name, actions]) =>
        actions.map((action) => [`${action}.${name}`, operationOf(name, action)]),
      ),
    ),
    components: {
      messages: { ...Object.fromEntries(recordKinds.map((kind) => [kind.name, messageOf(kind)])), deadLetter },
    },
  };
}

const deadLetter = {
  title: 'deadLetter',
  contentType: 'application/octet-stream',
  headers: withoutDialect(plainSchemaOf(deadLetterHeaders)),
  payload: { description: 'The original bytes.' },
};

function channelOf(name: TopicName, topic: TopicDeclaration): object {
  return {
    address: topic.name,
    description: topic.carries,
    parameters: {
      producer: {
        description: 'The configurable producer part of the names.',
        default: 'omninode-mesh',
      },
    },
    messages: Object.fromEntries(
      messagesOf(name).map((message) => [message, { $ref: `#/components/messages/${message}` }]),
    ),
    bindings: { kafka: { partitions: 12, topicConfiguration: topicConfigurationOf(topic), bindingVersion: '0.5.0' } },
  };
}

function topicConfigurationOf({ cleanup, retentionMs, maxRecordBytes }: TopicDeclaration): object {
  return {
    'cleanup.policy': cleanup.split(','),
    ...(retentionMs === undefined ? {} : { 'retention.ms': retentionMs }),
    ...(maxRecordBytes === undefined ? {} : { 'max.message.bytes': maxRecordBytes }),
  };
}

function messagesOf(name: TopicName): string[] {
  if (name === 'deadLetter') return ['deadLetter'];
  return recordKinds.filter(({ topic }) => topic === name).map((kind) => kind.name);
}

function operationOf(name: string, action: 'send' | 'receive'): object {
  const messages = messagesOf(name as TopicName).map((message) => ({ $ref: `#/channels/${name}/messages/${message}` }));
  return { action, channel: { $ref: `#/channels/${name}` }, messages };
}

function messageOf({ name, topic, contentType, schema, headers }: RecordKind): object {
  return {
    title: name,
    summary: schema.description,
    contentType,
    ...(headers ? { headers: withoutDialect(plainSchemaOf(headers)) } : {}),
    payload: { schemaFormat: 'application/schema+json;version=2020-12', schema: { $ref: `./${name}.v1.schema.json` } },
    bindings: {
      kafka: { key: { type: 'string', description: topicDeclarations[topic].key }, bindingVersion: '0.5.0' },
    },
  };
}

/** AsyncAPI's own schema objects know no `$schema`. */
function withoutDialect({ $schema: _dialect, ...schema }: JsonSchema): object {
  return schema;
}
