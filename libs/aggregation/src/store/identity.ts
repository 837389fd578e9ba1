/**
 * One text for each series: name, then labels in the order of their names. Every part carries its length, so that no
 * value of a label can make two series look alike, whatever characters it holds. To Prometheus an empty value is no label.
 */
export function identityOf(name: string, labelNames: readonly string[], labelValues: readonly string[]): string {
  const order = labelNames.map((_, at) => at).sort((a, b) => (labelNames[a]! < labelNames[b]! ? -1 : 1));
  let identity = name;
  for (const at of order) {
    if (labelValues[at] !== '') identity += `|${labelNames[at]}=${labelValues[at]!.length}:${labelValues[at]}`;
  }
  return identity;
}
