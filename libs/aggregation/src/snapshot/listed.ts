/**
 * A list whose items are made one by one while a snapshot is written, so that a long one never holds up the process. In JSON it is
 * an array. What it lists must not change meanwhile.
 */
export class Listed<T> implements Iterable<T> {
  constructor(private readonly items: () => Iterable<T>) {}

  [Symbol.iterator](): Iterator<T> {
    return this.items()[Symbol.iterator]();
  }

  toJSON(): T[] {
    return [...this];
  }
}

/** Characters of one piece: about a millisecond's work. */
const pieceLength = 100_000;

/** The JSON text of a value in pieces that each take a moment: long lists are cut, in objects too. */
export function* jsonPieces(value: unknown): Generator<string> {
  if (Array.isArray(value) || value instanceof Listed) yield* listPieces(value);
  else if (isPlainObject(value)) {
    let before = '{';
    for (const [name, part] of Object.entries(value)) {
      if (part === undefined) continue;
      yield `${before}${JSON.stringify(name)}:`;
      yield* jsonPieces(part);
      before = ',';
    }
    yield before === '{' ? '{}' : '}';
  } else yield JSON.stringify(value);
}

function* listPieces(items: Iterable<unknown>): Generator<string> {
  let text = '[';
  let separator = '';
  for (const item of items) {
    text += separator + (JSON.stringify(item) ?? 'null');
    separator = ',';
    if (text.length < pieceLength) continue;
    yield text;
    text = '';
  }
  yield `${text}]`;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
