import type { ServerFacts } from './server-facts.js';

/**
 * The text of a family's query for a server. Throws a coded error where the server can't answer it. One statement, without
 * parameters: so it goes by the simple protocol, which poolers understand, and costs one round trip.
 */
export type DatabaseQuery = (server: ServerFacts) => string;

/** Values come as the server wrote them: nothing is parsed before the family does it, so big numbers stay exact. */
export type Text = string;
