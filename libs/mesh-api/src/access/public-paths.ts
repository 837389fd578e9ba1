/** Answered to everybody, whatever api.access says. */
const always: ReadonlySet<string> = new Set(['/livez', '/readyz']);

/** What probes and scrapers ask, unless `api.publicPages` is false. The rest takes a role. */
export function isPublicPath(path: string, publicPages: boolean): boolean {
  if (always.has(path)) return true;
  return publicPages && (path === '/health' || isMetricsPath(path));
}

export function isMetricsPath(path: string): boolean {
  return path === '/metrics' || path.startsWith('/metrics/');
}
