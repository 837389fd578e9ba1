import { BadRequestException } from '@nestjs/common';
import type { z } from 'zod';

/**
 * The parameters of a request, of its query or its path, as its route describes them. Answers 400 with the parameter, what is wrong
 * with it and what to do; says nothing of the value that was sent.
 */
export function readQuery<S extends z.ZodObject>(schema: S, query: unknown): z.output<S> {
  const known = Object.keys(schema.shape).join(', ') || 'none';
  return readGiven(schema, query, { what: 'query', part: 'parameter', hint: ` Parameters are: ${known}.` });
}

/** The body of a request, in the same way. */
export function readBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  return readGiven(schema, body, { what: 'body', part: 'field', hint: '' });
}

interface Words {
  readonly what: string;
  readonly part: string;
  readonly hint: string;
}

function readGiven<S extends z.ZodType>(schema: S, given: unknown, { what, part, hint }: Words): z.output<S> {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const said = read.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `there is no such ${part}: ${issue.keys.map(shown).join(', ')}`
      : `${issue.path.map(String).join('.') || what}: ${problemOf(issue)}`,
  );
  throw new BadRequestException(`The ${what} can not be used: ${said.join('; ')}.${hint}`);
}

/** Zod says of what is missing that it received undefined. */
function problemOf(issue: z.core.$ZodIssue): string {
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return isMissing
    ? `is missing; it must be ${issue.expected === 'object' ? 'an' : 'a'} ${issue.expected}`
    : issue.message;
}

function shown(key: string): string {
  return key.slice(0, 40).replace(/[^\w.[\]-]/g, '?');
}
