import type { Figure } from '@omninode/collector-kit';
import type { ApplicationReply } from '../cache-reply.js';

/** The figures of one cache, as the platform's `workflow_cache.get_cache_stats()` gives them. */
export interface CacheStats {
  /** Its label `cache`. */
  readonly cache: string;
  /** `undefined`: not said. `NaN`: said, but not a number. */
  figure(section: Section, field: string): Figure;
}

type Section = 'performance_metrics' | 'storage_metrics' | 'configuration';

/** A JSON that lists more is none that we know. */
const maxCaches = 50;

/**
 * The caches that the JSON tells of: one, whose statistics it is, or several by name. Empty when it has neither shape.
 */
export function readCacheStats({ cache, json }: ApplicationReply): readonly CacheStats[] {
  if (isStats(json)) return [statsOf(cache, json)];
  if (!isObject(json)) return [];
  const named = Object.entries(json).filter(([name, value]) => isLabel(name) && isStats(value));
  return named.slice(0, maxCaches).map(([name, value]) => statsOf(name, value as Readonly<Record<string, unknown>>));
}

export const unknownShape =
  'The JSON is not of the shape of get_cache_stats(): it has neither performance_metrics nor storage_metrics, by itself or below a name. Give the target the address of the statistics.';

/** What a family says that an application has no figures for. */
export const notTold = (what: string) => `An application cache does not tell of ${what}.`;

export function mebibytes(figure: Figure): number | undefined {
  return figure === undefined ? undefined : Number(figure) * 1024 * 1024;
}

function statsOf(cache: string, json: Readonly<Record<string, unknown>>): CacheStats {
  return {
    cache,
    figure(section, field) {
      const fields = json[section];
      const value = isObject(fields) ? fields[field] : undefined;
      if (value === undefined || value === null) return undefined;
      return typeof value === 'number' || typeof value === 'string' ? value : NaN;
    },
  };
}

function isStats(value: unknown): value is Readonly<Record<string, unknown>> {
  return isObject(value) && (isObject(value.performance_metrics) || isObject(value.storage_metrics));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isLabel(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/.test(name);
}
