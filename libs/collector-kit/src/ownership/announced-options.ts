import type { TargetRecord } from '@omninode/contracts';
import { errors } from '../errors.js';

/** A schema of zod, by what is used of it. */
export interface OptionsSchema<Options> {
  readonly shape: object;
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: Options }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The options of an announced target, as its kind declares those of configured ones. Throws OPTIONS_INVALID, which names the option. */
export function readAnnouncedOptions<Options>(
  schema: OptionsSchema<Options>,
  { kind, options = {} }: Pick<TargetRecord, 'kind' | 'options'>,
): Options {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(schema.shape, name));
  if (unknown !== undefined) {
    const known = Object.keys(schema.shape).join(', ') || 'none';
    throw errors.OPTIONS_INVALID({ kind, problem: `${unknown} is none of them (${known})` });
  }
  const read = schema.safeParse(options);
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0]!;
  throw errors.OPTIONS_INVALID({ kind, problem: `${path.join('.')}: ${message}` });
}
