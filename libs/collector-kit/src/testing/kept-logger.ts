import type { Logger } from '../loop/logger.js';

/** Keeps the lines, for tests that say what is logged and when. */
export class KeptLogger implements Logger {
  readonly lines: { readonly level: 'info' | 'warn' | 'error'; readonly sentence: string; readonly fields: object }[] =
    [];

  info(fields: object, sentence: string): void {
    this.lines.push({ level: 'info', sentence, fields });
  }

  warn(fields: object, sentence: string): void {
    this.lines.push({ level: 'warn', sentence, fields });
  }

  error(fields: object, sentence: string): void {
    this.lines.push({ level: 'error', sentence, fields });
  }
}
