import type { Answer, Session } from '@omninode/collector-kit';
import { CodedError } from '@omninode/contracts';
import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import type { CacheQuery, ServerReply } from './cache-reply.js';
import { placeOf } from './cache-target.js';
import type { Address, CacheTarget } from './cache-target.js';
import { errors } from './errors.js';
import type { OwnCounter } from './redis/own-counter.js';
import { ownConnectionName } from './redis/own-use.js';
import { readInfo } from './redis/info.js';
import { readReplyError } from './redis/reply-error.js';
import { infoSections } from './redis/server-run.js';
import { SharedAnswer } from './shared-answer.js';
import { readTlsFiles } from './tls-files.reader.js';

export interface RedisReaderOptions {
  readonly connectTimeoutMs: number;
  /** How long a command that was refused is not sent again: each refusal is an error reply and a line in the server's ACL LOG. */
  readonly refusalPauseMs: number;
}

/** INFO is some kB, 1 024 slow commands with 32 arguments of 128 bytes are 4 MB. */
const maxAnswerBytes = 16 * 1024 * 1024;

/** One connection to one server. Nothing is sent that an old server does not know: an unknown command counts as an error of the server. */
export async function openRedis(
  target: CacheTarget,
  options: RedisReaderOptions,
  own: OwnCounter,
  signal: AbortSignal,
): Promise<Session<CacheQuery>> {
  const session = new RedisSession(target, await connectionOptions(target, options), options.refusalPauseMs, own);
  await session.open(signal);
  return session;
}

class RedisSession implements Session<CacheQuery> {
  lost: Error | undefined;
  readonly #redis: Redis;
  readonly #address: Address;
  readonly #refusals = new Map<string, { readonly error: CodedError; readonly untilMs: number }>();
  readonly #info = new SharedAnswer<Omit<ServerReply, 'slowlog'>>(() => this.#readInfo());
  #namingRefused: string | undefined;
  #bytesBefore = 0;
  #sections = infoSections(undefined);

  constructor(
    private readonly target: CacheTarget,
    options: RedisOptions,
    private readonly refusalPauseMs: number,
    private readonly own: OwnCounter,
  ) {
    this.#address = placeOf(target);
    this.#redis = new Redis(options);
    // Without a listener the end of an idle connection would be printed to the console.
    this.#redis.on('error', (error: Error) => (this.lost ??= this.#read(error)));
    this.#redis.on('end', () => (this.lost ??= errors.CONNECTION_LOST({ ...this.#address })));
  }

  async open(signal: AbortSignal): Promise<void> {
    const { username, password } = new URL(this.target.url.reveal());
    const login = [...(username ? [username] : []), password].map(decodeURIComponent);
    await this.#until(signal, async () => {
      await this.#connect();
      if (password) await this.#run('auth', 'AUTH', login);
      await this.#run('client|setname', 'CLIENT', ['SETNAME', ownConnectionName]).catch((error: CodedError) => {
        if (error.code !== 'COMMAND_REFUSED') throw error;
        this.#namingRefused = error.message;
      });
    }).catch((error: unknown) => {
      this.destroy();
      throw error;
    });
  }

  read(query: CacheQuery, family: string, signal: AbortSignal): Promise<Answer> {
    return this.#until(signal, async () => {
      if (query !== 'statistics' && query.alone) {
        const entries = await this.#readSlowlog(query.slowlog);
        return { reply: entries, roundTrips: 1, rows: entries.length };
      }
      const { answer, isNew } = await this.#info.get(family, signal);
      const asked = isNew ? 1 : 0;
      if (query === 'statistics') return { reply: answer, roundTrips: asked, rows: 0 };
      const slowlog = await this.#readSlowlog(query.slowlog);
      return { reply: { ...answer, slowlog } satisfies ServerReply, roundTrips: asked + 1, rows: slowlog.length };
    });
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }

  destroy(): void {
    this.#redis.disconnect();
    (this.#redis.stream as Redis['stream'] | undefined)?.destroy();
  }

  async #connect(): Promise<void> {
    try {
      await this.#redis.connect();
    } catch (error) {
      throw this.lost ?? this.#read(error as Error);
    }
    this.own.connected();
    const { stream } = this.#redis;
    stream.on('data', () => {
      if (stream.bytesRead - this.#bytesBefore <= maxAnswerBytes) return;
      this.lost ??= errors.ANSWER_TOO_BIG({ ...this.#address, maxBytes: maxAnswerBytes });
      this.destroy();
    });
  }

  /** The server counts a command when it has answered it, so an INFO tells of those before it, not of itself. */
  async #readInfo(): Promise<Omit<ServerReply, 'slowlog'>> {
    const own = this.own.now();
    const info = (await this.#run('info', 'INFO', this.#sections)) as string;
    this.#sections = infoSections(readInfo(info));
    return { source: 'redis', info, own, ...(this.#namingRefused && { namingRefused: this.#namingRefused }) };
  }

  async #readSlowlog(count: number): Promise<readonly unknown[]> {
    return (await this.#run('slowlog|get', 'SLOWLOG', ['GET', String(count)])) as readonly unknown[];
  }

  /** `name` is the command's full name, as ACL rules and INFO have it. */
  async #run(name: string, command: string, args: readonly string[]): Promise<unknown> {
    const refusal = this.#refusals.get(name);
    if (refusal && performance.now() < refusal.untilMs) throw refusal.error;
    this.#bytesBefore = (this.#redis.stream as Redis['stream'] | undefined)?.bytesRead ?? 0;
    try {
      const reply = await this.#redis.call(command, [...args]);
      this.own.answered(name);
      this.#refusals.delete(name);
      return reply;
    } catch (error) {
      throw this.#failed(error as Error, name);
    }
  }

  #failed(error: Error, name: string): Error {
    if (error.name !== 'ReplyError') return this.lost ?? this.#read(error);
    const coded = readReplyError(error.message, name, this.#address);
    this.own.answeredWithError(name, error.message);
    if (coded.code === 'COMMAND_REFUSED' || coded.code === 'COMMAND_UNKNOWN') {
      this.#refusals.set(name, { error: coded, untilMs: performance.now() + this.refusalPauseMs });
    }
    return coded;
  }

  /** The driver's own errors have no code; those of the system keep theirs. */
  #read(error: Error): Error {
    if (error instanceof CodedError || 'code' in error) return error;
    if (error.name === 'ParserError') return errors.NOT_REDIS({ ...this.#address });
    return errors.CONNECTION_LOST({ ...this.#address });
  }

  /** A command can't be taken back: the connection is what we can end. */
  async #until<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const end = () => this.destroy();
    signal.addEventListener('abort', end);
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      signal.removeEventListener('abort', end);
    }
  }
}

/** The login is sent by ourselves: the driver would print to the console what the server says to it, and go on without. */
async function connectionOptions(target: CacheTarget, { connectTimeoutMs }: RedisReaderOptions): Promise<RedisOptions> {
  const { protocol, hostname, port } = new URL(target.url.reveal());
  const host = hostname.replace(/^\[|\]$/g, '') || 'localhost';
  return {
    host,
    port: Number(port || 6379),
    ...(protocol === 'rediss:' && { tls: await readTlsFiles(target) }),
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    keepAlive: 30_000,
    retryStrategy: null as never, // the kit decides when to connect anew
    reconnectOnError: null,
    maxRetriesPerRequest: null,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    disableClientInfo: true,
  };
}
