import { ask, type MeshProcess } from '@omninode/testing';

export const headers = { 'content-type': 'application/json' };

export interface HookAnswer {
  readonly status: number;
  readonly requestId: string | null;
  readonly body: { readonly event_id: string; readonly published?: boolean };
}

export async function postHook(bridge: MeshProcess, requestId?: string): Promise<HookAnswer> {
  const answer = await fetch(`${bridge.url}/hooks`, {
    method: 'POST',
    headers: { ...headers, ...(requestId !== undefined && { 'x-request-id': requestId }) },
    body: JSON.stringify({
      metadata: { source: 'test' },
      payload: { action: 'created', resource: 'repository', resource_id: 'resource-7' },
    }),
  });
  const body = (await answer.json()) as HookAnswer['body'];
  return { status: answer.status, requestId: answer.headers.get('x-request-id'), body };
}

export async function json(bridge: MeshProcess, path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await ask(bridge, path)) as Record<string, unknown>;
}

/** The value of one of the bridge's series with these labels; absent: there is none yet. */
export async function valueOf(
  of: MeshProcess,
  area: string,
  name: string,
  labels: string,
): Promise<number | undefined> {
  const page = await ask(of, `/metrics/${area}`);
  const line = page
    .split('\n')
    .find((each) => each.startsWith(`${name}{service_name="demo-bridge"`) && each.includes(labels));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
}

export function incidents(bridge: MeshProcess): string[] {
  return bridge.log.flatMap((line) => /An incident begins.*incident=(\S+)/.exec(line)?.[1] ?? []);
}

export interface RequestPart {
  readonly component: string;
  readonly operation: string;
  readonly duration_seconds: number;
  readonly trace_id: string;
}

interface SlowAnswer {
  readonly operations: readonly { readonly exemplars: readonly { readonly request_id?: string }[] }[];
}

/** The slow parts of a request, as the mesh tells of them. */
export async function partsOf(mesh: MeshProcess, requestId: string): Promise<readonly RequestPart[]> {
  const answer = await fetch(`${mesh.url}/api/v1/requests/${requestId}`);
  return ((await answer.json()) as { parts?: RequestPart[] }).parts ?? [];
}

/** The request ids that the slow operations of the mesh lead to. */
export async function exemplarsOf(mesh: MeshProcess): Promise<(string | undefined)[]> {
  const { operations } = (await (await fetch(`${mesh.url}/api/v1/slow-operations?limit=100`)).json()) as SlowAnswer;
  return operations.flatMap((each) => each.exemplars.map(({ request_id: id }) => id));
}
