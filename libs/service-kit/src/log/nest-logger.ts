import { withoutCredentials } from './presentable.js';
import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

/** Nest's own lines in our format. What Nest says of every module and route while it starts is for debugging. */
export function nestLogger(logger: Logger): LoggerService {
  const write = (severity: 'debug' | 'info' | 'warn' | 'error', message: unknown, rest: readonly unknown[]) => {
    const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : 'Nest';
    const line = logger.child({ component: context });
    if (message instanceof Error) return line[severity]('Nest met an error.', { error: message });
    const stack = rest.length > 1 && typeof rest[0] === 'string' ? { stack: rest[0] } : {};
    return line[severity](withoutCredentials(typeof message === 'string' ? message : JSON.stringify(message)), stack);
  };
  return {
    log: (message: unknown, ...rest: unknown[]) => write(isStartUpNoise(rest.at(-1)) ? 'debug' : 'info', message, rest),
    // Why a start failed is said once, by whoever started it; Nest would say it too.
    error: (message: unknown, ...rest: unknown[]) =>
      write(rest.at(-1) === 'ExceptionHandler' ? 'debug' : 'error', message, rest),
    fatal: (message: unknown, ...rest: unknown[]) => write('error', message, rest),
    warn: (message: unknown, ...rest: unknown[]) => write('warn', message, rest),
    debug: (message: unknown, ...rest: unknown[]) => write('debug', message, rest),
    verbose: (message: unknown, ...rest: unknown[]) => write('debug', message, rest),
  };
}

function isStartUpNoise(context: unknown): boolean {
  return [
    'InstanceLoader',
    'RoutesResolver',
    'RouterExplorer',
    'NestFactory',
    'NestApplication',
    'NestMicroservice',
  ].includes(String(context));
}
