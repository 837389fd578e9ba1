/** Injection token of the `NotificationsView`; the application supplies it. */
export const NOTIFICATIONS_VIEW = Symbol('omninode:notifications-view');

/** What a replica knows of silences and receivers, and what it can do about them. Times in ms since 1970 UTC. */
export interface NotificationsView {
  /** Also those that begin later or have ended lately. Undefined while what others wrote is still being read. */
  silences(): readonly ShownSilence[] | undefined;
  /** Resolves when every replica will come to know it. Rejects with a coded error when the bus does not take it. */
  silence(silence: NewSilence): Promise<ShownSilence>;
  /** Ends a silence; false when there is none of this id. */
  unsilence(id: string): Promise<boolean>;
  /** What is wrong with a matcher; undefined when nothing is. */
  matcherProblem(text: string): string | undefined;
  receivers(): readonly ShownReceiver[];
  /** Sends a test, from this replica. Resolves to undefined when there is no such receiver. */
  test(receiver: string): Promise<TestOutcome | undefined>;
  nowMs(): number;
}

export interface NewSilence {
  readonly matchers: readonly string[];
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
}

export interface ShownSilence extends NewSilence {
  readonly id: string;
  readonly createdAtMs: number;
  readonly state: 'pending' | 'active' | 'expired';
}

export interface ShownReceiver {
  readonly name: string;
  readonly type: string;
  /** `unknown`: no process has told of it yet. */
  readonly state: 'working' | 'failing' | 'unknown';
  /** The process that sends to it. */
  readonly leader?: string;
  readonly lastSuccessMs?: number;
  readonly lastFailureMs?: number;
  readonly errorCode?: string;
  /** Changes of alerts that are due and not told. */
  readonly waiting: number;
  readonly oldestMs?: number;
}

export type TestOutcome =
  | { readonly ok: true; readonly durationMs: number }
  | { readonly ok: false; readonly durationMs: number; readonly code: string; readonly message: string };
