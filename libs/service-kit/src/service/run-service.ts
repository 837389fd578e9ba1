import { CodedError, errorCode } from '@omninode/contracts';
import { describeConfiguration } from '../configuration/describe-configuration.js';
import { helpText } from '../configuration/help-text.js';
import { loadConfiguration } from '../configuration/load-configuration.js';
import { createLogger } from '../log/logger.js';
import { startLoaded } from './start-service.js';
import type { LoadedConfiguration } from '../configuration/load-configuration.js';
import type { Sections } from '../configuration/setting.js';
import type { Logger } from '../log/logger.js';
import type { CreateModules } from './service-context.js';
import type { ServiceOptions, StartedService } from './start-service.js';

/** Exit codes: 0 an end in order, 1 a failure, 2 a configuration to mend, 128 + n a second signal. */
const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
type StopSignal = keyof typeof signalNumbers;

/** A supervisor signals every process of a group, and a parent passes on what it got: that is one request, not two. */
const sameRequestMs = 300;

/**
 * Runs a service as this process, from the command line to the exit code. Prints one line `ready http://…` on stdout when it
 * answers; everything else goes to stderr. SIGTERM, SIGINT and SIGHUP end it in order, a second one at once. Resolves when it
 * has started; to undefined when it only had to print its configuration or its help.
 */
export async function runService<S extends Sections = Record<never, never>>(
  name: string,
  createModules: CreateModules<S>,
  options: ServiceOptions<S> = {},
): Promise<StartedService<S> | undefined> {
  const argv = options.argv ?? process.argv.slice(2);
  // A reader of stdout that went away (`| head`) is no reason to end.
  process.stdout.on('error', () => undefined);
  if (argv.includes('--help')) return print(helpText(name, options));
  const loaded = loadOrExit(name, { ...options, argv });
  if (argv.includes('--print-config')) return print(describeConfiguration(loaded));

  const { log } = loaded.values;
  const logger =
    options.logger ?? createLogger({ service: name, level: log.level, ...(log.format && { format: log.format }) });
  exitOnUncaught(logger);
  const starting = Promise.withResolvers<StartedService<S>>();
  // Before anything starts: what a signal interrupts must still be closed.
  const stopRequested = onSignals(logger, starting.promise, loaded.values.shutdown.deadline);
  const onListening = (url: string) => process.stdout.write(`ready ${url}  (${name}, after ${seconds()} s)\n`);
  startLoaded(name, createModules, { ...options, logger, onListening }, loaded).then(starting.resolve, starting.reject);
  try {
    return await starting.promise;
  } catch (error) {
    if (!stopRequested()) logFailure(logger, error);
    process.exit(exitCodeOf(error));
  }
}

/** Seconds since the process began. */
function seconds(): string {
  return (performance.now() / 1000).toFixed(1);
}

function print(text: string): undefined {
  process.stdout.write(text);
}

function loadOrExit<S extends Sections>(name: string, options: ServiceOptions<S>): LoadedConfiguration<S> {
  try {
    return loadConfiguration(options);
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'CONFIGURATION_INVALID') throw error;
    for (const problem of String(error.fields.problems).split('\n')) process.stderr.write(`${name}: ${problem}\n`);
    process.exit(2);
  }
}

/** Whether a signal came is asked with the returned function: then a failed start is no news. */
function onSignals(logger: Logger, starting: Promise<Pick<StartedService, 'stop'>>, deadlineMs: number): () => boolean {
  let first: StopSignal | undefined;
  let firstAtMs = 0;
  const end = async (signal: StopSignal) => {
    logger.info('It stops, because a signal asked for it.', { signal });
    // A start that does not come to its end must not hold up the end.
    const limit = setTimeout(() => {
      logger.error('The end took too long while the service was still starting.', { deadlineMs });
      process.exit(1);
    }, deadlineMs);
    const service = await starting;
    clearTimeout(limit);
    const { exitCode } = await service.stop();
    if (exitCode === 0) logger.info('It stopped in order.');
    process.exit(exitCode);
  };
  for (const signal of Object.keys(signalNumbers) as StopSignal[]) {
    process.on(signal, () => {
      if (first !== undefined && performance.now() - firstAtMs < sameRequestMs) return;
      if (first !== undefined) {
        logger.warn('It ends at once: a second signal came.', { signal });
        process.exit(128 + signalNumbers[signal]);
      }
      first = signal;
      firstAtMs = performance.now();
      // When the start fails, whoever awaits it ends the process.
      end(signal).catch(() => undefined);
    });
  }
  return () => first !== undefined;
}

function exitOnUncaught(logger: Logger): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      logger.error('Something failed that nothing was prepared for; the process ends.', {
        code: errorCode(error),
        event,
        error,
      });
      process.exit(1);
    });
  }
}

function logFailure(logger: Logger, error: unknown): void {
  if (error instanceof CodedError) return logger.error(error.message, { code: error.code });
  logger.error('The service could not start.', { error });
}

function exitCodeOf(error: unknown): number {
  return error instanceof CodedError && error.phase === 'configuration' ? 2 : 1;
}
