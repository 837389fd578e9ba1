import { readFileSync } from 'node:fs';
import { errorCode } from '@omninode/contracts';

/** A value kept in a file of its own, as Docker and Kubernetes hand out secrets. The last line break is not part of it. */
export function readValueFile(path: string): { readonly value: string } | { readonly problem: string } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return { problem: `the file ${path} cannot be read (${errorCode(error)}); name a file that this user can read` };
  }
  const value = text.replace(/\r?\n$/, '');
  if (value === '') return { problem: `the file ${path} is empty; write the value into it` };
  return { value };
}
