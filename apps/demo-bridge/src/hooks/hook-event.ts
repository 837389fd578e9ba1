import { BadRequestException } from '@nestjs/common';
import { z } from 'zod';
import { errors } from '../errors.js';

const name = z.string().min(1).max(200);

/** A hook of the platform: what it says of itself, and what happened. */
export const hookEvent = z.object({
  metadata: z.object({
    source: name,
    version: name.default('1.0.0'),
    environment: name.optional(),
    correlation_id: name.optional(),
    trace_id: name.optional(),
    user_agent: name.optional(),
    source_ip: name.optional(),
  }),
  payload: z.object({
    action: name,
    resource: name,
    resource_id: name,
    data: z.record(z.string(), z.unknown()).default({}),
    previous_state: z.record(z.string(), z.unknown()).optional(),
    current_state: z.record(z.string(), z.unknown()).optional(),
  }),
});

export type HookEvent = z.infer<typeof hookEvent>;

/** A hook on its way through Kafka. */
export const hookRecord = hookEvent.extend({ id: z.uuid() });
export type HookRecord = z.infer<typeof hookRecord>;

/** Throws an answer 400 that says where it is wrong, and quotes nothing of it: the caller's mistake, no failure of ours. */
export function readHookEvent(body: unknown): HookEvent {
  const read = hookEvent.safeParse(body);
  if (read.success) return read.data;
  const message = `The hook is not valid: ${problemsOf(read.error)}.`;
  throw new BadRequestException({ code: 'HOOK_INVALID', message });
}

/** Throws HOOK_UNREADABLE. */
export function readHookRecord(value: Buffer | null): HookRecord {
  const read = hookRecord.safeParse(parse(value));
  if (!read.success) throw errors.HOOK_UNREADABLE({ problem: problemsOf(read.error) });
  return read.data;
}

function parse(value: Buffer | null): unknown {
  try {
    return JSON.parse(value?.toString('utf8') ?? '');
  } catch (cause) {
    throw errors.HOOK_UNREADABLE({ problem: 'it is not JSON' }, cause);
  }
}

function problemsOf({ issues }: z.ZodError): string {
  return issues.map(({ path, code }) => `${path.join('.') || 'the body'} (${code})`).join(', ');
}
