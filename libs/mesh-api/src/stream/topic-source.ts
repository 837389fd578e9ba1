import {
  alertRecord,
  commandRecord,
  readRecord,
  type BusFollower,
  type BusRecord,
  type FollowOptions,
  type Topics,
} from '@omninode/contracts';
import { errors } from '../errors.js';
import type { StreamChange, StreamSource } from './stream-source.js';

export interface TopicSourceOptions {
  readonly topics: Topics;
  /** Follows a topic, and goes on trying while it is not there or not reached, until the signal aborts. */
  follow(options: SourceFollow): Promise<BusFollower | undefined>;
  /** Told of records that can't be read, and of a topic that can't be followed. */
  onError(error: Error): void;
}

export interface SourceFollow extends Pick<FollowOptions, 'topic' | 'onRecord'> {
  readonly signal: AbortSignal;
  onError(error: Error): void;
}

/** The alerts of the mesh, as they are on the alert topic. */
export function alertSource({ topics, ...options }: TopicSourceOptions): StreamSource {
  return topicSource('alert', topics.alert, options, ({ value, key }) => {
    // A tombstone: the alert is resolved for so long that nobody needs it.
    if (value === null) return undefined;
    const read = readRecord(alertRecord, value);
    if (!read.ok) throw errors.RECORD_UNREADABLE({ topic: topics.alert, detail: read.detail });
    const { labels, state } = read.record;
    const isOver = state === 'resolved';
    return {
      key: key ?? read.record.fingerprint,
      entity: labels.target ?? labels.service_name,
      data: read.record,
      isOver,
    };
  });
}

/** The commands of the tuner, as they are on the command topic: of each entity and parameter the newest counts. */
export function commandSource({ topics, ...options }: TopicSourceOptions): StreamSource {
  return topicSource('command', topics.command, options, ({ value }) => {
    const read = readRecord(commandRecord, value);
    if (!read.ok) throw errors.RECORD_UNREADABLE({ topic: topics.command, detail: read.detail });
    const { entity, parameter, expiresAt: expiresAtMs } = read.record;
    return { key: JSON.stringify([entity, parameter]), entity, data: read.record, expiresAtMs };
  });
}

function topicSource(
  event: StreamSource['event'],
  topic: string,
  { follow, onError }: Omit<TopicSourceOptions, 'topics'>,
  toChange: (record: BusRecord) => StreamChange | undefined,
): StreamSource {
  return {
    event,
    subscribe(listener) {
      const stopped = new AbortController();
      const onRecord = (record: BusRecord) => {
        try {
          const change = toChange(record);
          if (change && !stopped.signal.aborted) listener(change);
        } catch (error) {
          onError(error as Error);
        }
      };
      const follower = follow({ topic, onRecord, onError, signal: stopped.signal });
      return async () => {
        stopped.abort();
        await (await follower)?.close();
      };
    },
  };
}
