import type { BreakerCriticality } from '@omninode/contracts';
import { clientErrors } from '../errors.js';
import { watchOf } from '../watch/watch.js';
import type { Watch, WatchContext } from '../watch/watch.js';
import { BreakerAccount } from './breaker-account.js';
import { isCockatiel, watchCockatiel } from './cockatiel.js';
import { isOpossum, watchOpossum } from './opossum.js';

/** Watches a breaker of a library that is known by its shape. Of any other the state is unknown, and is told so: never closed. */
export function watchBreaker(
  context: WatchContext,
  component: string,
  breaker: object,
  criticality: BreakerCriticality,
): Watch {
  if (isOpossum(breaker)) return watchOpossum(context, { component, criticality, library: 'opossum' }, breaker);
  if (isCockatiel(breaker)) return watchCockatiel(context, { component, criticality, library: 'cockatiel' }, breaker);
  const kind = 'a breaker of opossum or cockatiel';
  context.onProblem(clientErrors.NOT_WATCHABLE({ name: component, kind, detail: 'it has the methods of neither' }));
  const about = { component, criticality, library: 'unknown' };
  const account = new BreakerAccount(context, about, 'unknown', performance.now());
  const stop = context.meter.observe(() => account.observe(performance.now(), {}, undefined));
  return watchOf([stop, () => account.end()]);
}
