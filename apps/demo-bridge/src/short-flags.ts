import { readFileSync } from 'node:fs';
import { errorCode } from '@omninode/contracts';
import { errors } from './errors.js';

/** Flags that are settings of the section `demo` by a shorter name. */
const shortFlags: Readonly<Record<string, string>> = {
  '--database': '--demo.database',
  '--redis': '--demo.redis',
  '--kafka': '--demo.kafka',
  '--mesh-http': '--demo.mesh.url',
  '--mesh-brokers': '--demo.mesh.brokers',
  '--incident': '--demo.incident',
};

/** The same with a file that holds the value: what is secret should not be seen in the list of processes. */
const fileFlags: Readonly<Record<string, string>> = {
  '--database-file': '--demo.database',
  '--mesh-token-file': '--demo.mesh.token',
};

/** Writes the short flags out; all others stay as they are. Throws FLAG_FILE_UNREADABLE. */
export function expandShortFlags(argv: readonly string[]): string[] {
  const expanded: string[] = [];
  const rest = [...argv];
  for (let flag = rest.shift(); flag !== undefined; flag = rest.shift()) {
    const [name = '', given] = splitFlag(flag);
    const file = fileFlags[name];
    const long = shortFlags[name] ?? file;
    if (name === '--quiet' && given === undefined) expanded.push('--demo.quiet=true');
    else if (long === undefined) expanded.push(flag);
    else {
      const value = given ?? rest.shift();
      expanded.push(value === undefined ? long : `${long}=${file ? readValue(name, value) : value}`);
    }
  }
  return expanded;
}

function splitFlag(flag: string): readonly [name: string, value?: string] {
  const at = flag.indexOf('=');
  return at < 0 ? [flag] : [flag.slice(0, at), flag.slice(at + 1)];
}

function readValue(flag: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw errors.FLAG_FILE_UNREADABLE({ flag, code: errorCode(error) }, error);
  }
}
