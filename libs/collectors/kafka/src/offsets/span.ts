/** Offsets between two places in all partitions; `null` when one of them was not read: a sum without it would mislead. */
export function spanOf(from: readonly (number | null)[], to: readonly (number | null)[]): number | null {
  return to.reduce<number | null>((sum, end, partition) => {
    const start = from[partition] ?? null;
    return sum === null || end === null || start === null ? null : sum + Math.max(0, end - start);
  }, 0);
}
