import { setTimeout as sleep } from 'node:timers/promises';
import {
  alertRecord,
  commandRecord,
  readRecord,
  type Bus,
  type BusFollower,
  type BusRecord,
  type Topics,
} from '@omninode/contracts';
import { errors } from '../errors.js';
import type { StreamChange, StreamSource } from './stream-source.js';

export interface TopicSourceOptions {
  readonly bus: Pick<Bus, 'follow'>;
  readonly topics: Topics;
  /** Told of records that can't be read, and of a topic that can't be followed: that is tried again. */
  onError(error: Error): void;
}

/** The alerts of the mesh, as they are on the alert topic. */
export function alertSource({ bus, topics, onError }: TopicSourceOptions): StreamSource {
  return topicSource('alert', bus, topics.alert, onError, ({ value, key }) => {
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
export function commandSource({ bus, topics, onError }: TopicSourceOptions): StreamSource {
  return topicSource('command', bus, topics.command, onError, ({ value }) => {
    const read = readRecord(commandRecord, value);
    if (!read.ok) throw errors.RECORD_UNREADABLE({ topic: topics.command, detail: read.detail });
    const { entity, parameter, expiresAt: expiresAtMs } = read.record;
    return { key: JSON.stringify([entity, parameter]), entity, data: read.record, expiresAtMs };
  });
}

function topicSource(
  event: StreamSource['event'],
  bus: Pick<Bus, 'follow'>,
  topic: string,
  onError: (error: Error) => void,
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
      const follower = followPatiently(() => bus.follow({ topic, onRecord, onError }), stopped.signal, onError);
      return async () => {
        stopped.abort();
        await (await follower)?.close();
      };
    },
  };
}

/** The topic may not be there yet, or not be reached: then this goes on trying. */
async function followPatiently(
  follow: () => Promise<BusFollower>,
  signal: AbortSignal,
  onError: (error: Error) => void,
): Promise<BusFollower | undefined> {
  for (let pauseMs = 200; !signal.aborted; pauseMs = Math.min(pauseMs * 2, 5_000)) {
    try {
      const follower = await follow();
      // What a follower says of its own end has been told by `onError`.
      follower.caughtUp.catch(() => undefined);
      return follower;
    } catch (error) {
      onError(error as Error);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}
