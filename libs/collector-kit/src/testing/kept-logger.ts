import type { Logger } from '../loop/logger.js';

type Fields = Readonly<Record<string, unknown>>;

/** Keeps the lines, for tests that say what is logged and when. */
export class KeptLogger implements Logger {
  readonly lines: { readonly level: 'info' | 'warn' | 'error'; readonly sentence: string; readonly fields: Fields }[] =
    [];

  info(sentence: string, fields: Fields = {}): void {
    this.lines.push({ level: 'info', sentence, fields });
  }

  warn(sentence: string, fields: Fields = {}): void {
    this.lines.push({ level: 'warn', sentence, fields });
  }

  error(sentence: string, fields: Fields = {}): void {
    this.lines.push({ level: 'error', sentence, fields });
  }
}
