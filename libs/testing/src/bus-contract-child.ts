import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '@omninode/contracts';

/**
 * What the kill -9 tests kill: `publish <topic> <round>` publishes as fast as it can and says each position that was
 * acknowledged; `consume <topic> <group>` says each record that it has handled. It never ends by itself.
 */
export async function runBusContractChild(bus: Bus, [role, topic = '', name = '']: readonly string[]): Promise<void> {
  await bus.prepareTopics();
  say('ready');
  if (role === 'publish') await publishForEver(bus, topic, name);
  else await consumeForEver(bus, topic, name);
}

async function publishForEver(bus: Bus, topic: string, round: string): Promise<never> {
  for (let nth = 0; ; nth++) {
    const records = [0, 1, 2, 3].flatMap((partition) =>
      [0, 1, 2].map(() => ({ topic, partition, key: `key-${partition}`, value: Buffer.from(`${round}-${nth}`) })),
    );
    const positions = await bus.publish(records);
    for (const { partition, offset } of positions) say(`${partition}/${offset} ${round}-${nth}`);
  }
}

async function consumeForEver(bus: Bus, topic: string, group: string): Promise<void> {
  await bus.consume({
    topic,
    group,
    async onBatch({ records, isCurrent }) {
      for (const { partition, offset } of records) {
        await sleep(1);
        if (isCurrent()) say(`${partition}/${offset}`);
      }
    },
  });
}

/** Written at once: what was said before the kill has reached the other side. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}
