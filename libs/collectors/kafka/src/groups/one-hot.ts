/** A state as 1, and what it was before as 0, so that a series that was 1 does not stay so. */
export function oneHot(
  seen: readonly string[],
  current: string | undefined,
): { readonly values: readonly (readonly [state: string, value: 0 | 1])[]; readonly seen: string[] } {
  const all = current === undefined ? [...seen] : [...new Set([...seen, current])].toSorted();
  return { values: all.map((state) => [state, state === current ? 1 : 0] as const), seen: all };
}
