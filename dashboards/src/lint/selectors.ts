/** A selector in an expression, as `name{a="b"}[5m]`. */
export interface Selector {
  readonly name: string;
  /** The metric, without the part of a histogram. */
  readonly metric: string;
  readonly part: '' | '_bucket' | '_sum' | '_count';
  /** `job=~"$job"`. */
  readonly matchers: readonly string[];
  readonly labels: readonly string[];
  /** The function that it stands in, where it has a range. */
  readonly reader: string | undefined;
  readonly range: string | undefined;
}

const form = /(?:(\w+)\()?\b([a-zA-Z_:][\w:]*)\{([^}]*)\}(?:\[([^\]]*)\])?/g;

/** All selectors of an expression. Ours have braces behind every metric and none in a value, so that no parser is needed. */
export function selectorsOf(promql: string): Selector[] {
  return [...promql.matchAll(form)].map(([, reader, name, inside, range]) => {
    const matchers = [...inside!.matchAll(/(\w+)(?:=~|!~|!=|=)"(?:[^"\\]|\\.)*"/g)];
    const part = /_(?:bucket|sum|count)$/.exec(name!)?.[0] ?? '';
    return {
      name: name!,
      metric: name!.slice(0, name!.length - part.length),
      part: part as Selector['part'],
      matchers: matchers.map(([text]) => text),
      labels: matchers.map(([, label]) => label!),
      reader: range === undefined ? undefined : reader,
      range,
    };
  });
}

/** Labels that an expression groups by. */
export function groupedBy(promql: string): string[] {
  return [...promql.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels]) => labels!.split(', '));
}
