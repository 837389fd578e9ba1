/**
 * The service that the demo watches: a receiver of hooks like the platform's, on a real PostgreSQL, with Redis and Kafka where they
 * are given, everything watched by the client SDK. It makes requests to itself, and things go wrong in it on purpose.
 */
import { CodedError } from '@omninode/contracts';
import { runService } from '@omninode/service-kit';
import { bridgeModules } from './bridge.module.js';
import { demoConfig } from './demo.config.js';
import { expandShortFlags } from './short-flags.js';

// Whoever started it with a channel takes it along when it ends, however it ends.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));

await runService('demo-bridge', bridgeModules, {
  argv: argumentsOf(process.argv.slice(2)),
  sections: { demo: demoConfig },
  defaults: { 'http.port': 8086 },
});

function argumentsOf(argv: readonly string[]): string[] {
  try {
    return expandShortFlags(argv);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    process.stderr.write(`demo-bridge: ${error.message}\n`);
    process.exit(2);
  }
}
