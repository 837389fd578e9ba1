/** A text with places for the alert's value and labels: `{{ labels.target }}: {{ value | percent }} in use`. */
export interface Template {
  readonly text: string;
  readonly parts: readonly TemplatePart[];
}

export type TemplatePart = { readonly text: string } | { readonly label: string } | { readonly format: Format };

export const formats = ['number', 'percent', 'seconds', 'bytes'] as const;
export type Format = (typeof formats)[number];

export type TemplateResult =
  | { readonly ok: true; readonly template: Template }
  | { readonly ok: false; readonly found: string; readonly problem: string };

/** Reads a template. What stands in braces and is none of `value`, `value | format` and `labels.x` is a problem. */
export function readTemplate(text: string): TemplateResult {
  const parts: TemplatePart[] = [];
  let from = 0;
  for (const match of text.matchAll(/\{\{(.*?)\}\}/gs)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index) });
    from = match.index + match[0].length;
    const part = readPart(match[1]!.trim());
    if (typeof part === 'string') return { ok: false, found: match[0], problem: part };
    parts.push(part);
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return { ok: true, template: { text, parts } };
}

function readPart(inner: string): TemplatePart | string {
  const label = /^labels\.([a-zA-Z_][a-zA-Z0-9_]*)$/.exec(inner)?.[1];
  if (label) return { label };
  const format = /^value(?:\s*\|\s*(\w+))?$/.exec(inner);
  if (!format) return 'write {{ value }}, {{ value | percent }} or {{ labels.target }}';
  const name = format[1] ?? 'number';
  return (formats as readonly string[]).includes(name)
    ? { format: name as Format }
    : `there is no format ${name}; there are ${formats.join(', ')}`;
}

/** Fills a template in. A label that the alert does not have is an empty text, a value that is not known a dash. */
export function render(
  template: Template,
  labels: Readonly<Record<string, string>>,
  value: number | undefined,
): string {
  let text = '';
  for (const part of template.parts) {
    if ('text' in part) text += part.text;
    else if ('label' in part) text += labels[part.label] ?? '';
    else text += value === undefined ? '–' : formatted(value, part.format);
  }
  return text;
}

function formatted(value: number, format: Format): string {
  switch (format) {
    case 'number':
      return shortNumber(value);
    case 'percent':
      return `${shortNumber(value * 100)} %`;
    case 'seconds':
      return secondsText(value);
    case 'bytes':
      return bytesText(value);
  }
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function secondsText(value: number): string {
  const size = Math.abs(value);
  if (size > 0 && size < 1) return `${shortNumber(value * 1000)} ms`;
  if (size < 120) return `${shortNumber(value)} s`;
  if (size < 7_200) return `${shortNumber(value / 60)} min`;
  return size < 172_800 ? `${shortNumber(value / 3_600)} h` : `${shortNumber(value / 86_400)} d`;
}

function bytesText(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let scaled = value;
  let unit = 0;
  while (Math.abs(scaled) >= 1024 && unit < units.length - 1) {
    scaled /= 1024;
    unit++;
  }
  return `${shortNumber(scaled)} ${units[unit]}`;
}
