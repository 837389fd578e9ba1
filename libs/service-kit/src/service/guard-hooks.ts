import { ModulesContainer } from '@nestjs/core';
import type { INestApplication } from '@nestjs/common';
import type { Pending } from './pending.js';

const hooks = ['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown'] as const;

export interface HookGuard {
  readonly pending: Pending;
  /** Resolves when parts that still stop their intake must not hold up the others any longer. */
  readonly intakeOver: Promise<void>;
  failed(part: string, error: unknown): void;
}

/**
 * Makes every closing hook of every part of the application cost that part only: it runs once, is known by name while it
 * runs, its failure is reported and the others close all the same, and one that hangs while intake stops is left behind.
 */
export function guardHooks(app: INestApplication, guard: HookGuard): void {
  for (const part of partsOf(app)) {
    for (const hook of hooks) guardMethod(part, hook, hook === 'onApplicationShutdown' ? 'closing' : 'intake', guard);
  }
}

/** The same for one method of an object that has it. */
export function guardMethod(part: object, method: string, kind: 'intake' | 'closing', guard: HookGuard): void {
  const original: unknown = Reflect.get(part, method);
  if (typeof original !== 'function' || !Object.isExtensible(part)) return;
  const name = `${part.constructor.name}.${method}`;
  let outcome: Promise<void> | undefined;
  const run = async (...given: unknown[]) => {
    const ended = guard.pending.begin(kind, name);
    try {
      await Reflect.apply(original, part, given);
    } catch (error) {
      guard.failed(name, error);
    } finally {
      ended();
    }
  };
  Reflect.set(part, method, (...given: unknown[]) => {
    outcome ??= run(...given);
    return kind === 'intake' ? Promise.race([outcome, guard.intakeOver]) : outcome;
  });
}

/** Every object that Nest calls hooks on, once, however many tokens it has. */
function partsOf(app: INestApplication): Set<object> {
  const wrappers = [...app.get(ModulesContainer).values()].flatMap((module) => [
    ...module.providers.values(),
    ...module.controllers.values(),
    ...module.injectables.values(),
    ...module.middlewares.values(),
  ]);
  const instances = wrappers.map(({ instance }): unknown => instance);
  return new Set(instances.filter((instance): instance is object => typeof instance === 'object' && instance !== null));
}
