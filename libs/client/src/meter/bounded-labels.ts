/** What stands for all values beyond the cap. */
export const otherLabel = 'other';
/** Characters of a label's value: what is longer is cut. */
const longest = 120;

/**
 * Label values that come from the host, such as names of operations and errors: the first `most` of them stand for themselves,
 * later ones for `other`, so that a host that makes up names costs no memory. Each use of `other` is counted by `onOther`.
 */
export class BoundedLabels {
  private readonly known = new Map<string, string>();

  constructor(
    private readonly most: number,
    private readonly onOther: () => void,
  ) {}

  valueOf(given: string): string {
    const text = given.length > longest ? given.slice(0, longest) : given;
    const known = this.known.get(text);
    if (known !== undefined) return known;
    if (this.known.size >= this.most) {
      this.onOther();
      return otherLabel;
    }
    const label = labelText(text);
    this.known.set(text, label);
    return label;
  }
}

/** A text as readers take it, of whatever a host without types gives as a name. */
export function labelText(text: unknown): string {
  const label = String(text).slice(0, longest).toWellFormed();
  return label === '' ? 'unnamed' : label;
}
