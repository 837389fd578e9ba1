import type { MeshProcess } from '@omninode/testing';

export interface Heard {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** What a replica says on `/api/v1/stream`, from an event on or from now on. */
export async function listen(replica: MeshProcess, lastEventId?: string) {
  const ending = new AbortController();
  const heard: Heard[] = [];
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const answer = await fetch(`${replica.url}/api/v1/stream`, { headers, signal: ending.signal });
  void read(answer, heard).catch((error: unknown) => {
    if (!ending.signal.aborted) throw error;
  });
  return { heard: heard as readonly Heard[], close: () => ending.abort() };
}

async function read({ body }: Response, heard: Heard[]): Promise<void> {
  let text = '';
  for await (const part of body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + part).split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
      if (!block.startsWith(':'))
        heard.push({ id: field('id'), event: field('event'), data: JSON.parse(field('data')) });
    }
  }
}
