import { randomUUID } from 'node:crypto';
import { CodedError, errorCode, memoryKey } from '@omninode/contracts';
import type { NewSilence, NotificationsView, ShownReceiver, ShownSilence, TestOutcome } from '@omninode/mesh-api';
import { parseMatcher, silenceState, testMessage, type Silence } from '@omninode/notifiers';
import { newMemory } from './memory-values.js';
import { expiredKeptMs, type Notifications, type Seated } from './notifications.js';
import { silenceRole } from './outbox-memory.js';

/** What the HTTP API shows of the notifications, and does with them. */
export function notificationsView(notifications: Notifications): NotificationsView {
  const { board, options, owner } = notifications;
  const { bus, topics, nowMs } = options;
  return {
    silences() {
      if (!notifications.isCaughtUp) return undefined;
      const kept = board.silences().filter(({ endsAtMs }) => nowMs() - endsAtMs <= expiredKeptMs);
      return kept.map((silence) => shown(silence, nowMs()));
    },
    async silence(asked: NewSilence) {
      const silence: Silence = { id: randomUUID(), createdAtMs: nowMs(), ...asked };
      await write(silence.id, { ...silence });
      return shown(silence, nowMs());
    },
    async unsilence(id) {
      if (!board.silences().some((silence) => silence.id === id)) return false;
      await write(id, null);
      return true;
    },
    matcherProblem(text) {
      const parsed = parseMatcher(text);
      return 'problem' in parsed ? parsed.problem : undefined;
    },
    receivers: () => notifications.seated.map((seated) => receiverOf(seated)),
    async test(name) {
      const seated = notifications.seated.find((one) => one.name === name);
      return seated && sendTest(seated);
    },
    nowMs,
  };

  /** On the bus, and known here at once. */
  async function write(id: string, silence: Readonly<Record<string, unknown>> | null): Promise<void> {
    const key = memoryKey(silenceRole, id);
    const record = silence
      ? newMemory({ topic: topics.memory, key, owner }, silence)
      : { topic: topics.memory, key, value: null };
    const [position] = await bus.publish([record]);
    if (position)
      board.take({
        ...position,
        key,
        value: record.value,
        headers: ('headers' in record && record.headers) || {},
        timestampMs: nowMs(),
      });
  }

  function receiverOf({ name, config }: Seated): ShownReceiver {
    const status = board.outbox(name)?.status;
    const shownStatus = status && { ...status, leader: status.leader.replace(/\/[^/]*$/, '') };
    const { type } = config;
    if (!shownStatus) return { name, type, state: 'unknown', waiting: 0 };
    const hasTried = shownStatus.lastSuccessMs !== undefined || shownStatus.lastFailureMs !== undefined;
    const state = shownStatus.errorCode !== undefined ? 'failing' : hasTried ? 'working' : 'unknown';
    return { name, type, state, ...withoutUndefined(shownStatus) };
  }

  async function sendTest({ name, receiver }: Seated): Promise<TestOutcome> {
    const startMs = performance.now();
    const durationMs = () => performance.now() - startMs;
    try {
      await receiver.send(testMessage(name, nowMs()), new AbortController().signal);
      return { ok: true, durationMs: durationMs() };
    } catch (error) {
      // Only our own messages are known to hold no secret.
      const message = error instanceof CodedError ? error.message : 'It failed in a way that nobody foresaw.';
      return { ok: false, durationMs: durationMs(), code: errorCode(error), message };
    }
  }
}

function shown(silence: Silence, nowMs: number): ShownSilence {
  return { ...silence, state: silenceState(silence, nowMs) };
}

type Defined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Defined<T>;
}
