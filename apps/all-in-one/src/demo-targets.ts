import type { Bus, TargetRecord, Topics } from '@omninode/contracts';

/** What the demo adds to what is watched, once it is there. */
export const announcedTargets = {
  'demo-redis': 'cache',
  'demo-kafka': 'kafka',
  'demo-caches': 'cache',
  'demo-breakers': 'breaker',
} as const;
export type AnnouncedTarget = keyof typeof announcedTargets;

/** Announces targets on the target topic, as anybody can. */
export class DemoTargets {
  constructor(
    private readonly bus: Bus,
    private readonly topics: Topics,
  ) {}

  /** Takes back what an earlier demo announced, which may have ended in any way: its ports are others' now. */
  async forgetAll(): Promise<void> {
    const topic = this.topics.target;
    await this.bus.publish(Object.keys(announcedTargets).map((key) => ({ topic, key, value: null })));
  }

  async announce(id: AnnouncedTarget, address: string): Promise<void> {
    const record: TargetRecord = { v: 1, id, kind: announcedTargets[id], address, time: Date.now() };
    await this.bus.publish([{ topic: this.topics.target, key: id, value: Buffer.from(JSON.stringify(record)) }]);
  }
}
