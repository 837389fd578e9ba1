/** What a command has to do with the world. */
export interface Surroundings {
  readonly out: Output;
  /** A line for people, beside the result. */
  tell(line: string): void;
  /** Aborts when the person wants no more of it, or nobody reads the result any more. */
  readonly signal: AbortSignal;
}

export interface Output {
  /** How many characters fit into a line; Infinity where nobody looks at it on a terminal. */
  readonly columns: number;
  /** Resolves when more may be written. */
  write(line: string): Promise<void>;
}

export interface Flag {
  readonly meaning: string;
  /** Stands for its value in the help, `<id>`; absent: it has none. */
  readonly value?: string;
}

export type Flags = Readonly<Record<string, Flag>>;

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What stands behind its name: `<what> [<url>]`; empty: nothing. */
  readonly usage: string;
  readonly flags: Flags;
  /** Further paragraphs of its help: what is shown, exit codes, examples. */
  readonly notes: readonly string[];
  /** Resolves to the exit code. Throws coded errors. */
  run(given: GivenFlags, words: readonly string[], surroundings: Surroundings): Promise<number>;
}

/** Texts of flags with a value, `true` of those without. */
export type GivenFlags = Readonly<Record<string, string | true | undefined>>;

type GivenOf<F extends Flags> = { readonly [Name in keyof F]?: F[Name] extends { value: string } ? string : true };

/** Keeps the names of the flags, so that `run` knows what it can be given. */
export function defineCommand<const F extends Flags>(
  command: Omit<Command, 'flags' | 'run'> & {
    readonly flags: F;
    run(given: GivenOf<F>, words: readonly string[], surroundings: Surroundings): Promise<number>;
  },
): Command {
  return { ...command, run: (given, ...rest) => command.run(given as GivenOf<F>, ...rest) };
}

/** Exit codes: all is well; something is missing; it could not do its work. */
export const exitCodes = { ok: 0, missing: 1, failed: 2 } as const;
