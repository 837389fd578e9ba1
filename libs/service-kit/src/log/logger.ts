import { pino } from 'pino';
import { prettyLine } from './pretty.js';
import { presentable } from './presentable.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
/** What varies between two occurrences of a line. Secrets print as `***`, errors as code, message and causes. */
export type LogFields = Readonly<Record<string, unknown>>;

/** One fixed sentence a line; what varies goes into fields, so that a search for the sentence finds every occurrence. */
export interface Logger {
  debug(sentence: string, fields?: LogFields): void;
  info(sentence: string, fields?: LogFields): void;
  warn(sentence: string, fields?: LogFields): void;
  error(sentence: string, fields?: LogFields): void;
  /** A logger whose lines all carry these fields. `component` names a part of the process. */
  child(fields: LogFields): Logger;
}

export interface LoggerOptions {
  /** The process: `database-collector`. */
  readonly service: string;
  /** Default `info`. */
  readonly level?: LogLevel;
  /** Default: `pretty` on a terminal, else `json`. */
  readonly format?: 'json' | 'pretty';
  /** Takes each line with its line break. Default: stderr, written at once, so that no line is lost when the process ends. */
  readonly destination?: { write(line: string): void };
}

export function createLogger(options: LoggerOptions): Logger {
  const { service, level = 'info' } = options;
  const destination = options.destination ?? standardError();
  const pretty = (options.format ?? (process.stderr.isTTY ? 'pretty' : 'json')) === 'pretty';
  const colours = pretty && !options.destination && process.stderr.isTTY && !process.env.NO_COLOR;
  const stream = pretty ? { write: (line: string) => destination.write(prettyLine(line, colours)) } : destination;
  const settings = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return wrap(pino(settings, stream), {});
}

/** The line of every child is made here, from its own and its parents' fields, so that no name comes twice. */
function wrap(sink: pino.Logger, bound: LogFields): Logger {
  return {
    debug: (sentence, fields) => sink.debug(presentable({ ...bound, ...fields }), sentence),
    info: (sentence, fields) => sink.info(presentable({ ...bound, ...fields }), sentence),
    warn: (sentence, fields) => sink.warn(presentable({ ...bound, ...fields }), sentence),
    error: (sentence, fields) => sink.error(presentable({ ...bound, ...fields }), sentence),
    child: (fields) => wrap(sink, { ...bound, ...fields }),
  };
}

/** Written at once, so that no line is lost when the process ends. When nobody reads stderr any more, lines are lost and work goes on. */
function standardError() {
  const destination = pino.destination({ dest: 2, sync: true });
  destination.on('error', () => undefined);
  return destination;
}
