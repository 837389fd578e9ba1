// What watching costs a PostgreSQL server, told by the server itself, beside what postgres_exporter costs on the same shape.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const title = 'Cost of a full cycle of the database collector: 1 database, 500 tables, 1 000 statements';

/** `run(['18'])`: another version than Debian's 15. It prints its table itself. */
export async function run([version]) {
  const script = fileURLToPath(new URL('../../libs/collectors/database/bench/cost.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, ...(version ? [version] : [])], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`The measurement ended with code ${code}.`);
}
