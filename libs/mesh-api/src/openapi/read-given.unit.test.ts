import { expect, test } from 'vitest';
import { z } from 'zod';
import { readBody, readQuery } from './read-given.js';

const schema = z.strictObject({ by: z.enum(['p95', 'total'], { error: 'must be p95 or total' }), comment: z.string() });

test.each([
  [{ by: 'p95' }, 'comment: is missing; it must be a string.'],
  [{ by: 'p96', comment: '' }, 'by: must be p95 or total.'],
  [{ by: 'p95', comment: '', 'odd <key>': 'hunter2' }, 'there is no such WORD: odd??key?.'],
  [undefined, 'WHAT: is missing; it must be an object.'],
])('%j is refused in words, without its values', (given, says) => {
  const words = (what: string, part: string) =>
    `The ${what} can not be used: ${says.replace('WORD', part).replace('WHAT', what)}`;
  expect(() => readBody(schema, given)).toThrow(words('body', 'field'));
  expect(() => readQuery(schema, given)).toThrow(`${words('query', 'parameter')} Parameters are: by, comment.`);
});
