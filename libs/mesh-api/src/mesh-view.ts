import type { HealthLimits, OwnSample, PartitionState, PartitionSummary } from '@omninode/aggregation';
import type { AlertRecord } from '@omninode/contracts';

/** Injection token of the `MeshView` that the controllers answer from; the application supplies it. */
export const MESH_VIEW = Symbol('omninode:mesh-view');

/** What a replica knows: its own partitions in full, and of all the others what they tell on the summary topic. */
export interface MeshView {
  /** The partitions that this replica owns now. */
  states(): readonly PartitionState[];
  /** The same with their numbers. Absent: the API does not say which partition a series lies in. */
  ownedPartitions?(): readonly OwnedPartition[];
  /** The newest summary of every partition of the mesh, whoever owns it. */
  summaries(): readonly PartitionSummary[];
  /** By what health is judged now, its rules included. */
  limits(): HealthLimits;
  /** The newest record of every alert of the mesh. Absent: there is no alerting. */
  alerts?(): readonly AlertRecord[];
  /** Series that nobody has sent for this long are hidden, ms. */
  readonly expiryMs: number;
  /** What this process says of itself. */
  ownSamples(): Promise<readonly OwnSample[]>;
  /** ms since 1970 UTC. */
  nowMs(): number;
}

export interface OwnedPartition {
  readonly partition: number;
  readonly state: PartitionState;
}
