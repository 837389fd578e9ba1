import type { AnyFamily } from '@omninode/collector-kit';
import { breakers } from './families/breakers.js';
import type { BreakerQuery } from './page.js';

/** All families: a test fails when a file of `families/` is missing here. */
export const breakerFamilies: readonly AnyFamily<BreakerQuery>[] = [breakers];
