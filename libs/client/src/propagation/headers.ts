import { readTraceParent, writeTraceParent } from './trace-parent.js';
import type { TraceParent } from './trace-parent.js';

/**
 * Headers of HTTP and of Kafka in all their forms: Node's objects, `Headers` of fetch, Kafka's with buffers. Names of objects are
 * taken in lower case first, as Node and our own `inject` write them.
 */
export type HeadersLike = { get(name: string): string | null } | Readonly<Record<string, unknown>>;

/** What a request brings along from whoever asked. */
export interface Incoming {
  readonly requestId?: string;
  readonly parent?: TraceParent;
  /** Other vendors' part of the trace, handed on untouched. */
  readonly traceState?: string;
}

/** What goes along with a request to whoever is asked. */
export interface Outgoing {
  readonly requestId: string;
  readonly parent: TraceParent;
  readonly traceState?: string;
}

const names = { requestId: 'x-request-id', traceParent: 'traceparent', traceState: 'tracestate' } as const;

export function readHeaders(headers: HeadersLike): Incoming {
  const parent = textOf(headers, names.traceParent);
  const requestId = textOf(headers, names.requestId);
  const traceState = textOf(headers, names.traceState);
  const readParent = parent === undefined ? undefined : readTraceParent(parent);
  return {
    requestId: requestId !== undefined && isRequestId.test(requestId) ? requestId : undefined,
    parent: readParent,
    // Without a readable parent the state belongs to no trace.
    traceState: readParent && traceState !== undefined && traceState.length <= 512 ? traceState : undefined,
  };
}

/** Sets the headers on what is given: `set` where there is one, else as fields. */
export function writeHeaders(headers: object, { requestId, parent, traceState }: Outgoing): void {
  setHeader(headers, names.requestId, requestId);
  setHeader(headers, names.traceParent, writeTraceParent(parent));
  if (traceState !== undefined) setHeader(headers, names.traceState, traceState);
}

/** An id from outside goes into events and headers: printable and short, or it is not taken. */
const isRequestId = /^[\x21-\x7e]{1,128}$/;

function setHeader(headers: object, name: string, value: string): void {
  const { set } = headers as { set?: unknown };
  if (typeof set === 'function') set.call(headers, name, value);
  else (headers as Record<string, string>)[name] = value;
}

function textOf(headers: HeadersLike, name: string): string | undefined {
  const { get } = headers as { get?: unknown };
  if (typeof get === 'function') return (get.call(headers, name) as string | null) ?? undefined;
  const value = (headers as Readonly<Record<string, unknown>>)[name];
  // A header that was sent twice is ambiguous, but for the state, whose parts make a list.
  if (Array.isArray(value)) return name === names.traceState ? value.map(String).join(',') : asText(value[0]);
  return asText(value);
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? value.toString('latin1') : undefined;
}
