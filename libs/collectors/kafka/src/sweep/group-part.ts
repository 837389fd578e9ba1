import { protocolErrors } from '@omninode/kafka-link';
import type { CommittedOffsets, DescribedGroup, ListedGroup } from '@omninode/kafka-link';
import type { GroupPart } from './sweep-parts.js';

/** A group from what the three answers tell of it; absent: it was not asked about, or there was no answer. */
export function groupPart(
  { group, type = 'unknown', protocolType, state: listedState }: ListedGroup,
  described: DescribedGroup | undefined,
  committed: CommittedOffsets | undefined,
): GroupPart {
  const isEmpty = listedState === 'Empty' || listedState === 'Dead';
  const isTold = described?.errorCode === protocolErrors.none && !isMisunderstood(type, described);
  const state = isTold ? described.state : listedState;
  const members = isTold ? described.members : isEmpty ? 0 : undefined;
  const failed = [described?.errorCode, committed?.errorCode].find((code) => code !== undefined && code !== 0);
  return {
    group,
    type,
    protocolType,
    ...(state !== undefined && { state }),
    ...(members !== undefined && { members }),
    ...(committed?.errorCode === 0 && { committed: onlyCommitted(committed) }),
    ...(failed !== undefined && { errorCode: failed }),
  };
}

/**
 * A listed group is not dead. Where the broker does not tell the types of groups, that answer means a group of the new
 * protocol, asked about in the old one.
 */
function isMisunderstood(type: string, { state, members }: DescribedGroup): boolean {
  return type === 'unknown' && state === 'Dead' && members === 0;
}

/** Below 0 is none: −1 by the server, −2 as kafkajs commits after a seek out of range. */
function onlyCommitted({ partitions }: CommittedOffsets) {
  return partitions
    .filter(({ errorCode, offset }) => errorCode === 0 && offset >= 0)
    .map(({ topic, partition, offset }) => [topic, partition, offset] as const);
}
