/** So much of an answer is read; then the connection is given up. */
const mostBytes = 4_096;

/** The beginning of an answer's body as text. The rest is not read, however much it is. */
export async function readExcerpt(response: Response): Promise<string> {
  if (!response.body) return '';
  const reader = response.body.getReader();
  const parts: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < mostBytes) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    bytes += value.length;
  }
  await reader.cancel();
  return Buffer.concat(parts).subarray(0, mostBytes).toString('utf8');
}

/** One line of at most 200 printable characters, fit for an error. */
export function excerptOf(answer: string): string {
  const line = answer.replace(/[^\P{C}]+|\s+/gu, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line || 'it gave no reason';
}
