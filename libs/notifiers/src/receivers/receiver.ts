import type { Notification } from '../lifecycle/notification.js';

/** Where notifications go. One file in this folder makes each kind. */
export interface Receiver {
  /** Throws a coded error of `notifierErrors`; `retryAfterMs` of its fields is when the receiver wants to be asked again. */
  send(notification: Notification, signal: AbortSignal): Promise<void>;
  /** Ends what it keeps open. */
  close(): void;
}

/** What every kind is given. */
export interface ReceiverContext {
  /** Its name in the configuration. */
  readonly name: string;
  /** How long one try may take, ms. */
  readonly timeoutMs: number;
  /** Where people find this mesh; undefined where nobody said. */
  readonly externalUrl: string | undefined;
  /** Ms since 1970 UTC. */
  nowMs(): number;
}
