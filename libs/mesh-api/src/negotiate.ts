import type { Format } from '@omninode/aggregation';

/** OpenMetrics for those who ask for it before the text format, as Prometheus does; the text format for everybody else. */
export function negotiateFormat(accept: string | undefined): Format {
  let best = { format: 'text' as Format, quality: 0 };
  for (const range of (accept ?? '').split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const format =
      type === 'application/openmetrics-text'
        ? 'openmetrics'
        : type === 'text/plain' || type === '*/*'
          ? 'text'
          : undefined;
    const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    if (format && quality > best.quality) best = { format, quality };
  }
  return best.format;
}

/** Only who names it gets the form of the draft: to everybody else health is plain JSON. */
export function wantsHealthJson(accept: string | undefined): boolean {
  return (accept ?? '').split(',').some((range) => /^\s*application\/health\+json\s*(;|$)/i.test(range));
}

export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  return (acceptEncoding ?? '')
    .split(',')
    .some((coding) => /^\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*$))?/i.test(coding) && !/;\s*q=0(\.0*)?\s*$/.test(coding));
}
