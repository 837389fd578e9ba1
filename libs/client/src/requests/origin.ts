import type { Incoming } from '../propagation/headers.js';
import { newRequestId, newTraceId } from '../propagation/random-ids.js';

/**
 * Where requests come from: the ids that all requests within one share. They are made when they are first needed, because most
 * requests need none. Requests hold their origin and not each other, so that a loop which begins its next round within the last
 * one keeps nothing alive.
 */
export class Origin {
  private ownRequestId: string | undefined;
  private ownTraceId: string | undefined;
  readonly flags: string;
  readonly traceState: string | undefined;

  /** `sampled`: whether whoever is asked shall record a trace that begins here. */
  constructor(incoming: Incoming | undefined, sampled: boolean) {
    this.ownRequestId = incoming?.requestId;
    this.ownTraceId = incoming?.parent?.traceId;
    this.traceState = incoming?.traceState;
    this.flags = incoming?.parent?.flags ?? (sampled ? '01' : '00');
  }

  get requestId(): string {
    return (this.ownRequestId ??= newRequestId());
  }

  get traceId(): string {
    return (this.ownTraceId ??= newTraceId());
  }
}
