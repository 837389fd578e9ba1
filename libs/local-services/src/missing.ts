/** Why a server can't be had on this machine, and what changes that. */
export interface Missing {
  readonly reason: string;
  /** A command or a sentence. */
  readonly remedy: string;
}

/** Says on stderr what is missing and how to get it, and whether it is. */
export function reportMissing(server: string, missing: Missing | undefined): boolean {
  if (missing) process.stderr.write(`SKIPPED: ${server} is not available here: ${missing.reason}. ${missing.remedy}\n`);
  return missing !== undefined;
}
