import { createRequire } from 'node:module';
import kafkajs, { type Assigner, type Batch, type Consumer, type ConsumerConfig, type Kafka } from 'kafkajs';

/**
 * A kafkajs consumer that hands over in order: `handOver` runs to its end before the member asks for a new assignment or
 * leaves, while the coordinator still keeps what it has from everybody else. kafkajs only offers events, which nobody
 * waits for.
 */
export function groupMember(kafka: Kafka, config: ConsumerConfig, handOver: () => Promise<void>): Consumer {
  waitForHandOvers();
  const roundRobin: typeof kafkajs.PartitionAssigners.roundRobin = (parts) => {
    const assigner: HandingOverAssigner = kafkajs.PartitionAssigners.roundRobin(parts);
    assigner.handOver = handOver;
    return assigner;
  };
  return kafka.consumer({ ...config, partitionAssigners: [roundRobin] });
}

/**
 * Empties a batch whose records were taken. kafkajs' fetch loop holds its last answer until the next fetch ends: what was
 * not taken of it would lie in memory beside what was.
 */
export function releaseBatch(batch: Batch): void {
  const { rawMessages, messagesWithinOffset, messages } = batch as unknown as Record<string, unknown[]>;
  for (const held of [rawMessages, messagesWithinOffset, messages]) held?.splice(0);
}

/** The assigner is what a consumer's group gets from us, so it carries the function. */
interface HandingOverAssigner extends Assigner {
  handOver?(): Promise<void>;
}

interface ConsumerGroup {
  readonly groupId: string;
  readonly memberId: string | null;
  readonly generationId: number | null;
  readonly sessionTimeout: number;
  readonly assigners: readonly HandingOverAssigner[];
  readonly coordinator: { heartbeat(request: object): Promise<unknown> } | null;
  joinAndSync(): Promise<void>;
  leave(): Promise<void>;
}

let waits = false;

/** Replaces two methods of kafkajs 2.2.4, hence the pinned version. */
function waitForHandOvers(): void {
  if (waits) return;
  waits = true;
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/consumer/consumerGroup') as {
    prototype: ConsumerGroup;
  };
  for (const method of ['joinAndSync', 'leave'] as const) {
    const original = prototype[method];
    prototype[method] = async function handOverBefore(this: ConsumerGroup): Promise<void> {
      await handOverOf(this);
      return original.call(this);
    };
  }
}

/** A member that is silent meanwhile would be dead to the group. */
async function handOverOf(member: ConsumerGroup): Promise<void> {
  const beating = setInterval(() => beat(member), member.sessionTimeout / 6);
  try {
    for (const assigner of member.assigners) await assigner.handOver?.();
  } finally {
    clearInterval(beating);
  }
}

/** The answer doesn't matter: mostly that the group rebalances, which is why we are here. */
function beat({ coordinator, groupId, memberId, generationId }: ConsumerGroup): void {
  if (!coordinator || !memberId) return;
  coordinator.heartbeat({ groupId, memberId, groupGenerationId: generationId }).catch(() => undefined);
}
