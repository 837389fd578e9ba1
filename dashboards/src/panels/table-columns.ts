import type { DataTransformerConfig } from '@grafana/grafana-foundation-sdk/dashboard';

/** Joins the queries of a table by their labels, hides the time, and names the columns of values; '' hides one. */
export function columns(values: readonly string[]): DataTransformerConfig[] {
  const columnOf = (nth: number) => (values.length === 1 ? 'Value' : `Value #${refIdOf(nth)}`);
  const hidden = values.flatMap((name, nth) => (name === '' ? [columnOf(nth)] : []));
  const named = values.flatMap((name, nth) => (name === '' ? [] : [[columnOf(nth), name]]));
  return [
    { id: 'merge', options: {} },
    {
      id: 'organize',
      options: {
        excludeByName: Object.fromEntries(['Time', ...hidden].map((column) => [column, true])),
        renameByName: Object.fromEntries(named),
      },
    },
  ];
}

/** A, B, C …: how Grafana calls the queries of a panel. */
export function refIdOf(nth: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + nth);
}
