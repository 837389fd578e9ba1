/** The media types of requests, without parameters. */
export const requestTypes = {
  /** One rows record, or an array of them. */
  rows: 'application/json',
  /** One record in columns. */
  columns: 'application/vnd.omninode.columns+json',
  /** Several records of either encoding: `{ records: [{ key, contentType, value }] }`, the value in base64. */
  records: 'application/vnd.omninode.records+json',
} as const;

/** Names the entity of a record in columns; without it, the record itself does. */
export const entityHeader = 'x-omninode-entity';
