import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A file with this text, gone when the running test is over. */
export function configurationFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'omninode-configuration-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'omninode.yaml');
  writeFileSync(file, text);
  return file;
}
