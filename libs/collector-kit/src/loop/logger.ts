/** What the kit needs of a logger; pino's shape. A line is one fixed sentence with fields. */
export interface Logger {
  info(fields: object, sentence: string): void;
  warn(fields: object, sentence: string): void;
  error(fields: object, sentence: string): void;
}
