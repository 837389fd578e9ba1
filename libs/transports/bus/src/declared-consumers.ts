import type { MessageHandler } from '@nestjs/microservices';
import type { ConsumerOptions, Topics } from '@omninode/contracts';
import type { HandlerExtras } from './consume-topic.js';
import { busErrors } from './errors.js';

export type MeshHandler = MessageHandler;

/** A `@ConsumeTopic` method with the hooks that belong to it. */
export interface DeclaredConsumer extends Pick<ConsumerOptions, 'topic' | 'group' | 'commit' | 'maxAttempts'> {
  readonly controller: string;
  readonly batch: MeshHandler;
  readonly assigned?: MeshHandler;
  readonly revoked?: MeshHandler;
}

/** Pairs the decorated methods: a hook belongs to the consumer of its topic in the same controller. */
export function declaredConsumers(handlers: ReadonlyMap<string, MeshHandler>, topics: Topics): DeclaredConsumer[] {
  const declared = [...handlers.values()].map((handler) => ({ handler, extras: handler.extras as HandlerExtras }));
  const hooks = declared.filter(({ extras }) => extras.role !== 'batch');
  const used = new Set<MeshHandler>();

  const consumers = declared.flatMap(({ handler: batch, extras }): DeclaredConsumer[] => {
    if (extras.role !== 'batch') return [];
    const { controller, topic, group, commit, maxAttempts } = extras;
    const hook = (role: HandlerExtras['role']) => {
      const found = hooks.find(({ extras: its }) => its.role === role && belongsTo(its, extras))?.handler;
      if (found) used.add(found);
      return found;
    };
    const assigned = hook('assigned');
    const revoked = hook('revoked');
    return [
      {
        controller,
        topic: topics[topic],
        group: `omninode-mesh.${group}`,
        batch,
        ...(commit !== undefined && { commit }),
        ...(maxAttempts !== undefined && { maxAttempts }),
        ...(assigned && { assigned }),
        ...(revoked && { revoked }),
      },
    ];
  });

  const lost = hooks.find(({ handler }) => !used.has(handler));
  if (lost) throw busErrors.CONSUMER_MISSING({ controller: lost.extras.controller, topic: topics[lost.extras.topic] });
  refuseDoubles(consumers);
  return consumers;
}

function belongsTo(hook: HandlerExtras, consumer: HandlerExtras): boolean {
  return (
    hook.controller === consumer.controller &&
    hook.topic === consumer.topic &&
    (hook.group === undefined || hook.group === consumer.group)
  );
}

function refuseDoubles(consumers: readonly DeclaredConsumer[]): void {
  const seen = new Map<string, DeclaredConsumer>();
  for (const consumer of consumers) {
    const { topic, group, controller } = consumer;
    const first = seen.get(`${topic} ${group}`) ?? (consumer.batch.next && consumer);
    if (first) throw busErrors.CONSUMER_DECLARED_TWICE({ topic, group, first: first.controller, second: controller });
    seen.set(`${topic} ${group}`, consumer);
  }
}
