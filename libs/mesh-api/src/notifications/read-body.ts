import { BadRequestException } from '@nestjs/common';
import type { z } from 'zod';

/** The body of a request as its route describes it. Answers 400 with the field and what is wrong with it; says nothing of its value. */
export function readBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const said = read.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `there is no such field: ${issue.keys.map((key) => key.slice(0, 40).replace(/[^\w.-]/g, '?')).join(', ')}`
      : `${issue.path.map(String).join('.') || 'body'}: ${issue.message}`,
  );
  throw new BadRequestException(`The body can not be used: ${said.join('; ')}.`);
}
