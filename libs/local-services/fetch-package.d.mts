/** A package of the npm registry, pinned. `integrity` is npm's: `sha512-<base64>`. */
export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
}

/** Where fetched packages are kept, shared by all clones of a user. */
export function cacheFolder(): string;

/** The folder that holds the package's files; fetches it on first use. Rejects when the bytes are not the pinned ones. */
export function fetchPackage(pinned: PinnedPackage): Promise<string>;
