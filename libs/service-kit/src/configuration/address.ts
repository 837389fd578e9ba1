import { Secret } from './secret.js';

/** The parts of a target's URL that may be shown, and the user part that may not. */
export interface UrlParts {
  /** Lower case, without `://`; undefined when the text has none. */
  readonly scheme: string | undefined;
  readonly hasCredentials: boolean;
  /** `host:port` each; the port is the scheme's own where the URL has none. */
  readonly hosts: readonly string[];
  /** Without the leading slash; empty when absent. */
  readonly path: string;
}

const defaultPorts: Readonly<Record<string, number>> = {
  postgres: 5432,
  postgresql: 5432,
  redis: 6379,
  rediss: 6379,
  kafka: 9092,
  'kafka+ssl': 9092,
  http: 80,
  https: 443,
};

/** Where a URL points, for logs: `host:port/database`, or `host:port,host:port`, without user, password and parameters. */
export function addressOf(url: Secret | string): string {
  const parts = urlParts(textOf(url));
  if (!parts) return 'an unreadable address';
  // The path of an HTTP address can hold a token.
  const path = parts.path === '' || parts.scheme?.startsWith('http') ? '' : `/${parts.path}`;
  return `${parts.hosts.join(',')}${path}`;
}

/** The `host:port` list of a Kafka target: `a:9092,b:9092`, with or without `kafka://`. */
export function brokersOf(url: Secret | string): readonly string[] {
  return urlParts(textOf(url), 'kafka')?.hosts ?? [];
}

/** Takes a URL apart, several hosts included; undefined when it isn't one. `scheme`: assumed when the text has none. */
export function urlParts(text: string, scheme?: string): UrlParts | undefined {
  const match = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/i.exec(text);
  if (!match) return undefined;
  const named = match[1]?.toLowerCase() ?? scheme;
  const authority = match[2] ?? '';
  const at = authority.lastIndexOf('@');
  const socket = new URLSearchParams(match[4] ?? '').get('host');
  const hosts = authority.slice(at + 1) || socket || '';
  const withPorts = hosts.split(',').map((host) => withPort(host.trim(), defaultPorts[named ?? '']));
  if (!withPorts.every((host) => host !== undefined)) return undefined;
  return { scheme: named, hasCredentials: at >= 0, hosts: withPorts as string[], path: match[3] ?? '' };
}

function withPort(host: string, defaultPort: number | undefined): string | undefined {
  if (host.startsWith('/')) return host; // the folder of a Unix socket
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?\.?)(?::(\d{1,5}))?$/i.exec(host);
  const port = match?.[2] ?? defaultPort;
  if (!match || port === undefined) return undefined;
  return Number(port) >= 1 && Number(port) <= 65_535 ? `${match[1]}:${port}` : undefined;
}

function textOf(url: Secret | string): string {
  return typeof url === 'string' ? url : url.reveal();
}
