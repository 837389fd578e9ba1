import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topicNames } from '@omninode/contracts';
import { openEmbeddedBus } from '@omninode/transport-embedded';
import { expect, onTestFinished, test } from 'vitest';
import { followTopic } from './follow-topic.js';

const topics = topicNames();
const { summary: topic } = topics;

test('a topic that is not there yet is tried again, and followed from its beginning when it is', async () => {
  const bus = await newBus();
  const { seen, errors, following, stop } = begin(bus);
  await expect.poll(() => errors.length).toBeGreaterThan(0);
  await bus.prepareTopics();
  await bus.publish([{ topic, key: '0', partition: 0, value: Buffer.from('first') }]);
  await expect.poll(() => seen).toEqual(['first']);
  stop();
  await (await following)!.close();
});

test('who gives up before gets no follower, and no more tries are made', async () => {
  const { errors, following, stop } = begin(await newBus());
  await expect.poll(() => errors.length).toBe(1);
  stop();
  expect(await following).toBeUndefined();
  expect(errors).toHaveLength(1);
});

function begin(bus: Awaited<ReturnType<typeof newBus>>) {
  const seen: string[] = [];
  const errors: Error[] = [];
  const stopped = new AbortController();
  const following = followTopic({
    bus,
    topic,
    signal: stopped.signal,
    onRecord: ({ value }) => seen.push(String(value)),
    onError: (error) => errors.push(error),
  });
  return { seen, errors, following, stop: () => stopped.abort() };
}

async function newBus() {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-follow-topic-'));
  const bus = await openEmbeddedBus({ folder, topics });
  onTestFinished(async () => {
    await bus.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return bus;
}
