import { valueOf, type Figure } from './figure.js';

/** A number as people read it, with its unit. */
export function numberText(value: number, unit: string): string {
  switch (unit) {
    case 'ratio':
      return `${rounded(100 * value)} %`;
    case 'seconds':
      return secondsText(value);
    case 'bytes':
      return bytesText(value);
    default:
      return unit === '' ? rounded(value) : `${rounded(value)} ${unit}`;
  }
}

export function figureText(figure: Figure, unit: string): string {
  const value = valueOf(figure);
  return value === undefined
    ? `no data: ${(figure as { noDataBecause: string }).noDataBecause}`
    : numberText(value, unit);
}

export function percentText(ratio: number): string {
  return `${ratio > 0 ? '+' : ''}${rounded(100 * ratio)} %`;
}

function secondsText(value: number): string {
  if (value !== 0 && Math.abs(value) < 1) return `${rounded(1_000 * value)} ms`;
  return Math.abs(value) < 120 ? `${rounded(value)} s` : `${rounded(value / 60)} min`;
}

function bytesText(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let at = 0;
  let scaled = value;
  while (Math.abs(scaled) >= 1_024 && at < units.length - 1) {
    scaled /= 1_024;
    at++;
  }
  return `${rounded(scaled)} ${units[at]}`;
}

/** Three digits that say something, no more. */
function rounded(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return Number(value.toFixed(digits)).toLocaleString('en-US', { maximumFractionDigits: 2 });
}
