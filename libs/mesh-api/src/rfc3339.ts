/** Times in the HTTP API; a time that no calendar holds is absent. `ms`: since 1970 UTC. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}
