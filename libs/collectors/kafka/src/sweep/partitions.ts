import type { PartitionMetadata } from '@omninode/kafka-link';

/** Fewer copies are up to date than there should be. */
export function isUnderReplicated({ replicas, inSync }: PartitionMetadata): boolean {
  return inSync.length < replicas.length;
}
