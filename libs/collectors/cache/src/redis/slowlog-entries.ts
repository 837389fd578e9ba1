/** One entry of SLOWLOG GET. https://redis.io/docs/latest/commands/slowlog-get/ */
export interface SlowEntry {
  /** Counts up from 0 in each run of the server, and goes on counting after SLOWLOG RESET. */
  readonly id: number;
  /** When the command was run, whole seconds, ms since 1970 UTC. */
  readonly atMs: number;
  readonly durationSeconds: number;
  /** `sort` or `config|set`. Nothing else of what was sent is kept: arguments are keys and values. */
  readonly command: string;
  readonly argumentCount: number;
  /** What the client called itself; empty when it did not. */
  readonly clientName: string;
}

/** Newest first, as the server gives them. What is not an entry is left out. */
export function readSlowEntries(reply: unknown): readonly SlowEntry[] {
  if (!Array.isArray(reply)) return [];
  return reply.flatMap((entry: unknown) => {
    if (!Array.isArray(entry) || !Array.isArray(entry[3])) return [];
    const [id, at, usec, args, , clientName] = entry as [unknown, unknown, unknown, unknown[], unknown, unknown];
    if (![id, at, usec].every(Number.isSafeInteger)) return [];
    return {
      id: Number(id),
      atMs: Number(at) * 1000,
      durationSeconds: Number(usec) / 1_000_000,
      command: commandOf(args),
      argumentCount: argumentCountOf(args),
      clientName: typeof clientName === 'string' ? clientName : '',
    };
  });
}

/** Commands that are nothing without their subcommand. */
const containers = new Set(
  (
    'acl client cluster command config debug function latency memory module object pubsub script sentinel slowlog ' +
    'xgroup xinfo'
  ).split(' '),
);

function commandOf([name, sub]: readonly unknown[]): string {
  const command = wordOf(name);
  return containers.has(command) && sub !== undefined ? `${command}|${wordOf(sub)}` : command;
}

/** A command's name is a word; what is not one is no name, and may be a secret. */
function wordOf(value: unknown): string {
  const word = String(value).toLowerCase();
  return /^[a-z][a-z0-9._-]{0,39}$/.test(word) ? word : 'unknown';
}

/** The server keeps 32 parts, the last of which says how many more there were. */
function argumentCountOf(args: readonly unknown[]): number {
  const more = /^\.\.\. \((\d+) more arguments\)$/.exec(String(args.at(-1)));
  return args.length - 1 + (more ? Number(more[1]) - 1 : 0);
}
