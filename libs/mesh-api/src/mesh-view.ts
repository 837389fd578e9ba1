import type { HealthLimits, OwnSample, PartitionState, PartitionSummary } from '@omninode/aggregation';

/** Injection token of the `MeshView` that the controllers answer from; the application supplies it. */
export const MESH_VIEW = Symbol('omninode:mesh-view');

/** What a replica knows: its own partitions in full, and of all the others what they tell on the summary topic. */
export interface MeshView {
  /** The partitions that this replica owns now. */
  states(): readonly PartitionState[];
  /** The newest summary of every partition of the mesh, whoever owns it. */
  summaries(): readonly PartitionSummary[];
  limits(): HealthLimits;
  /** Series that nobody has sent for this long are hidden, ms. */
  readonly expiryMs: number;
  /** What this process says of itself. */
  ownSamples(): Promise<readonly OwnSample[]>;
  /** ms since 1970 UTC. */
  nowMs(): number;
}
