export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** The begin of the UTC hour that a time lies in, ms since 1970 UTC. */
export function hourOf(timeMs: number): number {
  return Math.floor(timeMs / hourMs) * hourMs;
}

export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / dayMs) * dayMs;
}
