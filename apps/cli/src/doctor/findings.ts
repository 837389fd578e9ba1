import type { FamilyReading, TargetReading } from '@omninode/collector-kit';
import { addressOf, type Target } from '@omninode/service-kit';
import { exitCodes } from '../command-line/command.js';

/** What the doctor has to say of a target. */
export interface Findings {
  readonly id: string;
  readonly kind: string;
  /** Where it is, without user and password. */
  readonly address: string;
  readonly verdict: 'ok' | 'missing' | 'unreachable';
  readonly families: readonly Finding[];
}

export interface Finding extends Omit<FamilyReading, 'reason'> {
  /** Empty when nothing is. */
  readonly missing: string;
  readonly fix: string;
}

export function findingsOf({ id, kind, url }: Target, { isConnected, families }: TargetReading): Findings {
  const isUnreachable = !isConnected || families.every(({ status }) => status === 'unreachable');
  const isWell = families.every(({ status }) => status === 'ok');
  return {
    id,
    kind,
    address: addressOf(url),
    verdict: isUnreachable ? 'unreachable' : isWell ? 'ok' : 'missing',
    families: families.map(({ reason, ...family }) => ({ ...family, ...inTwoParts(reason) })),
  };
}

export const exitCodeOf: Readonly<Record<Findings['verdict'], number>> = {
  ok: exitCodes.ok,
  missing: exitCodes.missing,
  unreachable: exitCodes.failed,
};

/** A reason says in its first sentence what is the matter, and what to do in the rest. */
function inTwoParts(reason: string): { missing: string; fix: string } {
  const [, missing = reason, fix = ''] = /^(.*?[.!?]) (?=[A-Z])(.*)$/s.exec(reason) ?? [];
  return { missing, fix };
}
