/** Where a value comes from. */
export type Source =
  | { readonly from: 'default' }
  | { readonly from: 'flag'; readonly name: string }
  | { readonly from: 'environment'; readonly name: string }
  | { readonly from: 'file'; readonly file: string; readonly line: number; readonly column: number };

/** `environment OMNINODE_HTTP_PORT`, `flag --http.port`, `omninode.yaml:4:3`, `default`. */
export function describeSource(source: Source): string {
  if (source.from === 'file') return `${source.file}:${source.line}:${source.column}`;
  return source.from === 'default' ? 'default' : `${source.from} ${source.name}`;
}

/** A mistake, as one line: where, what, and what to do about it. */
export function problemLine(where: string, what: string): string {
  return `${where}: ${what.replace(/\s+/g, ' ')}`;
}
