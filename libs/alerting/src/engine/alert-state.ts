/** `keepFiring`: no level holds any more, and the alert fires for a while longer. */
export type Phase = 'inactive' | 'pending' | 'firing' | 'keepFiring';
/** What is on the alert topic of it, or about to be. */
export type Told = 'nothing' | 'pending' | 'firing' | 'resolved';

/** Where an alert is in its life. Times are ms since 1970 UTC, 0 where there is none. */
export interface AlertState {
  phase: Phase;
  /** Since when each level of the rule holds without a break, in the time of the measurements. */
  readonly since: number[];
  /** The level that it fires at; −1: none. */
  level: number;
  /** Since when any level has held. */
  activeMs: number;
  lastTrueMs: number;
  /** Since when none holds, while it fires on; and when that was seen. */
  falseMs: number;
  falseSeenMs: number;
  /** When the newest verdict was possible, in the time of the measurements and by the clock. */
  verdictMs: number;
  seenMs: number;
  /** No verdict was possible for too long. */
  isSilent: boolean;
  /** The value of the newest verdict. */
  value: number | undefined;
  /** When it began or ceased to fire, of late. */
  changes: number[];
  isFlapping: boolean;
  /** It would be pending, but too many of its rule are. */
  isCrowdedOut: boolean;
  /** It would fire, but a rule that explains it does. */
  isExplained: boolean;
  told: Told;
  /** The time of its newest transition: with the fingerprint it names that transition, so times of one alert only grow. */
  toldMs: number;
  /** What was told was told as of a backlog. */
  isToldReplayed: boolean;
  /**
   * Its transitions up to this offset of the input are on the alert topic already: while records up to here are read again, its
   * windows fill and nothing is decided.
   */
  decidedOffset: number;
}

export function newAlertState(levels: number): AlertState {
  return {
    phase: 'inactive',
    since: Array.from({ length: levels }, () => 0),
    level: -1,
    activeMs: 0,
    lastTrueMs: 0,
    falseMs: 0,
    falseSeenMs: 0,
    verdictMs: 0,
    seenMs: 0,
    isSilent: false,
    value: undefined,
    changes: [],
    isFlapping: false,
    isCrowdedOut: false,
    isExplained: false,
    told: 'nothing',
    toldMs: 0,
    isToldReplayed: false,
    decidedOffset: -1,
  };
}

/** How it is called in answers and counts. */
export type AlertCondition = Phase | 'noData' | 'flapping';

export function conditionOf({ phase, isSilent, isFlapping }: AlertState): AlertCondition {
  if (isFlapping) return 'flapping';
  return isSilent ? 'noData' : phase;
}
