import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface Question {
  readonly host: string;
  readonly port: number;
  readonly request: Buffer;
  /** Whether what has arrived so far is the whole answer. */
  readonly isComplete: (answer: Buffer) => boolean;
  /** Speaks TLS and trusts any certificate: only whether the server answers is asked, nothing secret is sent. */
  readonly tls?: boolean;
  /** Sent before the connection is closed, where the protocol has a goodbye. */
  readonly goodbye?: Buffer;
  readonly signal: AbortSignal;
}

/** Sends one request over a new connection and returns its answer. Rejects when the server closes or the signal fires first. */
export async function exchange(question: Question): Promise<Buffer> {
  const { host, port, signal } = question;
  signal.throwIfAborted();
  const socket = question.tls ? connectTls({ host, port, rejectUnauthorized: false }) : connect({ host, port });
  const abort = () => socket.destroy(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    socket.write(question.request);
    const answer = await readAnswer(socket, question.isComplete);
    socket.end(question.goodbye ?? Buffer.alloc(0));
    return answer;
  } finally {
    signal.removeEventListener('abort', abort);
    socket.on('error', () => socket.destroy()); // after the answer nothing on this connection matters any more
    socket.destroySoon();
  }
}

async function readAnswer(socket: Socket, isComplete: (answer: Buffer) => boolean): Promise<Buffer> {
  let answer: Buffer = Buffer.alloc(0);
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    answer = Buffer.concat([answer, chunk as Buffer]);
    if (isComplete(answer)) return answer;
  }
  throw new Error(`the server closed the connection after ${answer.length} bytes`);
}
