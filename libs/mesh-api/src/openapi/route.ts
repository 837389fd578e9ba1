import type { z } from 'zod';

/** Who may call a route: a viewer reads, an admin changes. */
export type Role = 'viewer' | 'admin';

/** A route of the HTTP API as its description says: each controller exports those that it answers, and a test compares both. */
export interface Route {
  readonly method: 'get' | 'post' | 'delete';
  /** As OpenAPI writes it: `/api/v1/alerts/{fingerprint}/explain`. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly role: Role;
  /** Parameters in the path and in the query; each says what it means, its unit and bounds. */
  readonly parameters?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** By status. Refusals that every route has (401, 403, 429, 500) are added by the generator. */
  readonly answers: Readonly<Record<number, Answer>>;
}

export interface Answer {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Default `application/json`. */
  readonly contentType?: string;
}
