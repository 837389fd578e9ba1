import type { TableRow } from './table-rows.js';

/** What a table's scans had come to when it was read last: scans, rows. By relid. */
export type ScanTotals = Readonly<Record<string, readonly [scans: number, rows: number]>>;

/** So many tables of a database are listed by each of four rankings; all others are `other`. */
export const listedByRanking = 5;

/**
 * The tables to be listed: those with most dead rows, most bytes, the greatest age, and most rows read by sequential scans since
 * they were read last. Ranked by their whole lives, tables that became hot today would come last.
 */
export function rankTables(rows: readonly TableRow[], before: ScanTotals | undefined): readonly TableRow[] {
  const tables = rows.filter(({ relid }) => relid !== null);
  const scanned = (row: TableRow) => Number(row.scanned_rows) - (before?.[row.relid as string]?.[1] ?? 0);
  const rankings: ((row: TableRow) => number)[] = [
    ({ dead }) => Number(dead),
    ({ bytes }) => Number(bytes ?? 0),
    ({ age }) => Number(age ?? 0),
    scanned,
  ];
  const listed = rankings.flatMap((by) =>
    tables
      .filter((row) => by(row) > 0)
      .toSorted((one, other) => by(other) - by(one))
      .slice(0, listedByRanking),
  );
  return [...new Set(listed)];
}
