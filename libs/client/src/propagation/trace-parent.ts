/**
 * The header `traceparent`: which trace a request belongs to, and which part of it asked.
 * Source: https://www.w3.org/TR/trace-context/#traceparent-header
 */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Two hexadecimal digits; the last bit: whoever asked records its spans. */
  readonly flags: string;
}

const format = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** `undefined` for a text that is none; then the request begins a trace, as the specification wants it. */
export function readTraceParent(text: string): TraceParent | undefined {
  const [, version, traceId = '', spanId = '', flags = '', more] = format.exec(text.trim()) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  // Of the flags of a later version only this bit is known to mean the same.
  return { traceId, spanId, flags: version === '00' ? flags : Number.parseInt(flags, 16) & 1 ? '01' : '00' };
}

export function writeTraceParent({ traceId, spanId, flags }: TraceParent): string {
  return `00-${traceId}-${spanId}-${flags}`;
}
