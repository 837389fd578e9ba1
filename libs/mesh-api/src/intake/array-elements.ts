import type { Buffer } from 'node:buffer';

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];
const blanks = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * The elements of a JSON array as they stand in the text, byte for byte; `undefined` when the text is no array. Only strings and
 * brackets are looked at. That is enough: the text is valid JSON exactly when there is a list and each of its elements is.
 */
export function arrayElements(text: Buffer): Buffer[] | undefined {
  const [start, end] = [firstNonBlank(text), lastNonBlank(text)];
  if (text[start] !== openBracket || text[end] !== closeBracket || start === end) return undefined;
  const elements: Buffer[] = [];
  let depth = 0;
  let elementStart = start + 1;
  for (let at = start + 1; at < end; at++) {
    const byte = text[at]!;
    if (byte === quote) at = endOfString(text, at);
    else if (byte === openBracket || byte === openBrace) depth++;
    else if (byte === closeBracket || byte === closeBrace) depth--;
    if (depth < 0) return undefined; // the array ended, and the text goes on
    if (byte !== comma || depth > 0) continue;
    elements.push(text.subarray(elementStart, at));
    elementStart = at + 1;
  }
  const last = text.subarray(elementStart, end);
  if (elements.length > 0 || firstNonBlank(last) < last.length) elements.push(last);
  return elements;
}

/** Whether a text is an array, or would be one if it were JSON. */
export function beginsAsArray(text: Buffer): boolean {
  return text[firstNonBlank(text)] === openBracket;
}

/** Where the string that begins at `start` ends; behind the text when it does not. */
function endOfString(text: Buffer, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === backslash ? 2 : 1;
  return at;
}

function firstNonBlank(text: Buffer): number {
  let at = 0;
  while (at < text.length && blanks.has(text[at]!)) at++;
  return at;
}

function lastNonBlank(text: Buffer): number {
  let at = text.length - 1;
  while (at >= 0 && blanks.has(text[at]!)) at--;
  return at;
}
