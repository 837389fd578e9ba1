/** Which values of labels are meant: all must fit. A label that a series does not have is an empty text. */
export type Matchers = readonly Matcher[];

export interface Matcher {
  readonly label: string;
  readonly values: readonly string[];
  /** All values but these. */
  readonly isNot: boolean;
}

/** As a rule file writes them: `{ status: ok }`, `{ status: [failure, timeout] }`, `{ state: { not: closed } }`. */
export type MatchersForm = Readonly<Record<string, ValuesForm | { readonly not: ValuesForm }>>;
type ValuesForm = string | readonly string[];

export function readMatchers(form: MatchersForm | undefined): Matchers {
  return Object.entries(form ?? {}).map(([label, wanted]) => {
    const isNot = typeof wanted === 'object' && 'not' in wanted;
    const values = isNot ? wanted.not : (wanted as ValuesForm);
    return { label, isNot, values: typeof values === 'string' ? [values] : values };
  });
}

export function matches(matchers: Matchers, names: readonly string[], values: readonly string[]): boolean {
  return matchers.every(({ label, values: wanted, isNot }) => {
    const at = names.indexOf(label);
    return wanted.includes(at < 0 ? '' : values[at]!) !== isNot;
  });
}
