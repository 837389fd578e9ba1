/** Why a server can't be had on this machine, and what changes that. */
export interface Missing {
  readonly reason: string;
  /** A command or a sentence. */
  readonly remedy: string;
}

/** For `test.skipIf(…)`: whether the server is missing here. Says so on stderr with the way to get it, so no skip is silent. */
export function unavailable(server: string, missing: Missing | undefined): boolean {
  if (missing) process.stderr.write(`SKIPPED: ${server} is not available here: ${missing.reason}. ${missing.remedy}\n`);
  return missing !== undefined;
}
