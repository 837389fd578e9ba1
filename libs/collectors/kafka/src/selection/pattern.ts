/** A pattern as it is written: `(?i)` at its beginning ignores case. Throws a SyntaxError. */
export function toPattern(text: string): RegExp {
  return text.startsWith('(?i)') ? new RegExp(text.slice(4), 'iu') : new RegExp(text, 'u');
}

export function isPattern(text: string): boolean {
  try {
    toPattern(text);
    return true;
  } catch {
    return false; // what is wrong with it is said by whoever asks
  }
}
