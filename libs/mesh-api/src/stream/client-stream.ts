import type { Writable } from 'node:stream';
import type { Feed, FeedEvent, Interest } from './feed.js';

export interface ClientStreamOptions {
  readonly feed: Feed;
  readonly interest: Interest;
  /** Names this process: numbers of events of another one mean nothing here. */
  readonly epoch: string;
  /** What the client heard last, as it says. */
  readonly lastEventId: string | undefined;
  nowMs(): number;
}

/** A client that has this much unread gets nothing more until it has read it: then how everything is, instead of what it missed, bytes. */
const mostUnread = 256 * 1024;
/** Such a client is cut off after this, ms. */
const patienceMs = 60_000;

/** Writes the stream of one client. Node's buffer holds what it has not read: it is bounded here. */
export class ClientStream {
  private dropped = 0;
  private behindSinceMs = 0;
  private readonly ended: () => void;

  constructor(
    private readonly out: Writable,
    private readonly options: ClientStreamOptions,
  ) {
    const { feed, interest } = options;
    this.begin();
    this.ended = feed.listen(interest, (event) => this.take(event));
    out.on('drain', () => this.catchUp());
  }

  /** To be called every 15 s: whoever reads it learns that the connection lives, and one that reads nothing is cut off. */
  beat(): void {
    if (this.dropped === 0 && this.out.writableLength <= mostUnread) this.out.write(': the stream lives\n\n');
    else if (this.behindSinceMs > 0 && this.options.nowMs() - this.behindSinceMs > patienceMs) this.out.destroy();
  }

  /** The client hears when to come back. */
  end(): void {
    this.close();
    this.out.end('retry: 2000\n\n');
  }

  close(): void {
    this.ended();
  }

  private begin(): void {
    const { feed, interest, epoch, lastEventId } = this.options;
    const [, ofEpoch, number] = /^([0-9a-z]{1,16})-(\d{1,15})$/.exec(lastEventId ?? '') ?? [];
    const missed = ofEpoch === epoch ? feed.since(Number(number), interest) : undefined;
    if (!missed) return this.writeSnapshot();
    for (const event of missed) this.write(event);
  }

  private take(event: FeedEvent): void {
    if (this.dropped > 0 || this.out.writableLength > mostUnread) {
      if (this.dropped++ === 0) this.behindSinceMs = this.options.nowMs();
      return;
    }
    this.write(event);
  }

  private catchUp(): void {
    if (this.dropped === 0) return;
    this.out.write(`event: dropped\ndata: {"events":${this.dropped}}\n\n`);
    this.dropped = 0;
    this.behindSinceMs = 0;
    this.writeSnapshot();
  }

  private writeSnapshot(): void {
    const { feed, interest, epoch, nowMs } = this.options;
    this.out.write(`id: ${epoch}-${feed.newest}\nevent: snapshot\ndata: ${feed.snapshot(interest, nowMs())}\n\n`);
  }

  private write({ number, name, json }: FeedEvent): void {
    this.out.write(`id: ${this.options.epoch}-${number}\nevent: ${name}\ndata: ${json}\n\n`);
  }
}
