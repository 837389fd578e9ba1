const gap = '  ';
const narrowest = 20;

/**
 * Rows of texts as a table of this many characters. The last two columns take what the others leave over, and their texts are
 * broken between words; a word that does not fit stands out.
 */
export function table(header: readonly string[], rows: readonly (readonly string[])[], columns: number): string {
  const natural = header.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]!.length)));
  const fixed = natural.slice(0, -2);
  const room = columns - fixed.reduce((sum, width) => sum + width, 0) - gap.length * (header.length - 1);
  const widths = [...fixed, ...share(Math.max(room, 2 * narrowest), natural.at(-2)!, natural.at(-1)!)];
  return [header, ...rows].map((row) => lines(row, widths)).join('\n');
}

/** Both as wide as they want where there is room; else a half each, and what one does not need is the other's. */
function share(room: number, first: number, second: number): [number, number] {
  if (first + second <= room) return [first, second];
  const half = Math.floor(room / 2);
  if (first <= half) return [first, room - first];
  return second <= half ? [room - second, second] : [half, room - half];
}

function lines(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((text, at) => broken(text, widths[at]!));
  const height = Math.max(...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((cell, at) => (cell[line] ?? '').padEnd(widths[at]!))
      .join(gap)
      .trimEnd(),
  ).join('\n');
}

function broken(text: string, width: number): string[] {
  const found: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      found.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...found, line];
}
