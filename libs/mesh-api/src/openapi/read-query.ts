import { BadRequestException } from '@nestjs/common';
import type { z } from 'zod';

/**
 * The query of a request as its route describes it. Answers 400 with the parameter, what is wrong with it and what to do; says
 * nothing of the value that was sent.
 */
export function readQuery<S extends z.ZodObject>(schema: S, query: unknown): z.output<S> {
  const read = schema.safeParse(query);
  if (read.success) return read.data;
  const known = Object.keys(schema.shape).join(', ') || 'none';
  const said = read.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `there is no such parameter: ${issue.keys.map(shown).join(', ')}`
      : `${issue.path.map(String).join('.') || 'query'}: ${issue.message}`,
  );
  throw new BadRequestException(`The query can not be used: ${said.join('; ')}. Parameters are: ${known}.`);
}

function shown(key: string): string {
  return key.slice(0, 40).replace(/[^\w.[\]-]/g, '?');
}
