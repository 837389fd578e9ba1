/**
 * Coded errors: each lib keeps one table, so that every message, its code and whether another try can help stand in one
 * place, and a reader of a log can search for the code. Learnt from fastify's `errors.js`.
 */

/** What went wrong in the operator's terms: the next step differs by phase. */
export type ErrorPhase = 'configuration' | 'connection' | 'reading' | 'bus' | 'storage' | 'input';

export interface ErrorDeclaration {
  readonly phase: ErrorPhase;
  /** Whether the same call can succeed later without a change by a person. */
  readonly retryable: boolean;
  /** One sentence that names what, where and what to do. `{field}` is replaced by the field's value. Never a secret. */
  readonly message: string;
}

export class CodedError extends Error {
  constructor(
    readonly code: string,
    readonly declaration: ErrorDeclaration,
    readonly fields: ErrorFields,
    options?: ErrorOptions,
  ) {
    super(fillIn(declaration.message, fields), options);
    this.name = code;
  }

  get retryable(): boolean {
    return this.declaration.retryable;
  }

  get phase(): ErrorPhase {
    return this.declaration.phase;
  }
}

export type ErrorFields = Readonly<Record<string, string | number>>;
export type ErrorTable = Readonly<Record<string, ErrorDeclaration>>;
type Factories<T extends ErrorTable> = {
  readonly [Code in keyof T]: (fields?: ErrorFields, cause?: unknown) => CodedError;
};

/**
 * Turns a table into functions that make its errors: `const errors = defineErrors({ SPOOL_FULL: {…} })`, then
 * `throw errors.SPOOL_FULL({ path }, cause)`.
 */
export function defineErrors<const T extends ErrorTable>(table: T): Factories<T> {
  const factories: Record<string, (fields?: ErrorFields, cause?: unknown) => CodedError> = {};
  for (const [code, declaration] of Object.entries(table)) {
    factories[code] = (fields = {}, cause) =>
      new CodedError(code, declaration, fields, cause === undefined ? undefined : { cause });
  }
  return factories as Factories<T>;
}

/** The code of any thrown thing: ours, the system's (`ECONNREFUSED`), else `UNEXPECTED`. Never the message: it may hold a secret. */
export function errorCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'UNEXPECTED';
}

function fillIn(template: string, fields: ErrorFields): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(fields[name] ?? `<${name} unknown>`));
}
