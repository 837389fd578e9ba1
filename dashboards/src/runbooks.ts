/** Where the aggregator serves the runbooks of its rules; the same texts are in docs/runbooks. */
export const runbooks = 'http://localhost:8080/api/v1/runbooks';

/** The runbook of an alert. `$runbooks` is a variable of every dashboard, for those whose aggregator is elsewhere. */
export function runbookUrl(alert: string): string {
  return `\${runbooks}/${alert}`;
}
