import type { MeshProcess } from '@omninode/testing';
import type { Route } from '@omninode/mesh-api';

export interface Answered {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export async function askFully(replica: MeshProcess, path: string, init: RequestInit = {}): Promise<Answered> {
  const answer = await fetch(replica.url + path, { ...init, signal: AbortSignal.timeout(5_000) });
  return { status: answer.status, contentType: answer.headers.get('content-type') ?? '', body: await answer.text() };
}

/** What of an answer every replica must say in the same words: all but when it was asked, and what is its own. */
export function comparable({ status, contentType, body }: Answered, isOwn: (key: string) => boolean): unknown {
  if (!contentType.startsWith('application/json')) return { status, contentType };
  const keep = (key: string, value: unknown) => (passingTimes.test(key) || isOwn(key) ? undefined : value);
  return { status, contentType, body: JSON.parse(body, keep) as unknown };
}

/** Times at which something was looked at or heard last; not since when something is so. */
const passingTimes = /^(as_of|checked_at|generated_at|newest_at|last_data_at|oldest_summary_at|age_seconds|from|to)$/;

/** Whether an answer is what the description of its route says of this status. */
export function misfit({ path, answers }: Route, { status, contentType, body }: Answered): string | undefined {
  const answer = answers[status];
  if (!answer) return `${path} answered ${status}, which is not described`;
  const expected = answer.contentType ?? 'application/json';
  if (!answer.schema) return undefined;
  if (!contentType.startsWith(expected.split(';')[0]!)) return `${path} answered ${contentType}, not ${expected}`;
  const read = answer.schema.safeParse(expected.startsWith('application/json') ? JSON.parse(body) : body);
  return read.success ? undefined : `${path}: ${read.error.message}`;
}
