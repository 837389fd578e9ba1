/** The text of INFO, by field. What a version does not say is absent; what we do not know is simply not asked for. */
export interface Info {
  /** The value as the server wrote it. */
  get(field: string): string | undefined;
  /** Lines of one kind, for instance `cmdstat_get:calls=1,usec=2`: what follows the prefix → its parts by name. */
  lines(prefix: string): ReadonlyMap<string, Parts>;
}

/** Parts are found by name: versions and forks add parts, and put them in any order. */
export type Parts = Readonly<Record<string, string | undefined>>;

/** https://redis.io/docs/latest/commands/info/ */
export function readInfo(text: string): Info {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1).trimEnd());
  }
  return {
    get: (field) => fields.get(field),
    lines: (prefix) =>
      new Map(
        [...fields]
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, value]) => [name.slice(prefix.length), partsOf(value)]),
      ),
  };
}

/** `yes` for 1, `ok`; `undefined` where the server does not say. */
export function flag(value: string | undefined): 0 | 1 | undefined {
  if (value === undefined) return undefined;
  return value === '1' || value === 'ok' || value === 'up' ? 1 : 0;
}

/** A number that −1 stands in for where there is none. */
export function unlessNegative(value: string | undefined): string | undefined {
  return value?.startsWith('-') ? undefined : value;
}

/** A number that 0 stands in for where there is none. */
export function unlessZero(value: string | undefined): string | undefined {
  return value === '0' ? undefined : value;
}

export function scaled(value: string | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : Number(value) * factor;
}

/** Values hold neither `,` nor `=`, except addresses of version 6, whose parts we do not read. */
function partsOf(value: string): Parts {
  return Object.fromEntries(value.split(',').map((part) => part.split('=', 2) as [string, string]));
}
