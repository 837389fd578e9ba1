import { applyDecorators, Catch, UseFilters } from '@nestjs/common';
import type { RpcExceptionFilter } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { ConsumerOptions, TopicName } from '@omninode/contracts';
import { throwError } from 'rxjs';
import type { Observable } from 'rxjs';

export interface ConsumeTopicOptions extends Pick<ConsumerOptions, 'commit' | 'maxAttempts'> {
  /** The group's own part of its name: `aggregator` becomes `omninode-mesh.aggregator`. */
  readonly group: string;
}

export interface HookOptions {
  /** Needed only where one controller consumes the topic in several groups. */
  readonly group?: string;
}

/** What the decorators leave for `MeshServer` beside each handler. */
export type HandlerExtras = { readonly topic: TopicName; readonly controller: string } & (
  ({ readonly role: 'batch' } & ConsumeTopicOptions) | ({ readonly role: 'assigned' | 'revoked' } & HookOptions)
);

/** Handlers with these patterns belong to the mesh server, so other transports of a hybrid application leave them alone. */
export const meshTransport = Symbol('omninode-mesh');

/** The method receives each `RecordBatch` of the topic, by the rules of `ConsumerOptions.onBatch`. */
export function ConsumeTopic(topic: TopicName, options: ConsumeTopicOptions): MethodDecorator {
  return meshHandler((controller) => ({ role: 'batch', topic, controller, ...options }));
}

/** The method receives the `PartitionAssignment`, restores what the partition needs and resolves to where it starts. */
export function PartitionAssigned(topic: TopicName, options: HookOptions = {}): MethodDecorator {
  return meshHandler((controller) => ({ role: 'assigned', topic, controller, ...options }));
}

/** The method receives the number of the partition after its last batch. */
export function PartitionRevoked(topic: TopicName, options: HookOptions = {}): MethodDecorator {
  return meshHandler((controller) => ({ role: 'revoked', topic, controller, ...options }));
}

/**
 * Nest's own answer to an error in a handler is to log it and pass on `{ status, message }`; the delivery rules need the
 * error itself.
 */
@Catch()
class KeepError implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

function meshHandler(extrasOf: (controller: string) => HandlerExtras): MethodDecorator {
  return (target, key, descriptor) => {
    const extras = extrasOf(target.constructor.name);
    const pattern = { controller: extras.controller, method: String(key) };
    applyDecorators(EventPattern(pattern, meshTransport, extras), UseFilters(new KeepError()))(target, key, descriptor);
  };
}
