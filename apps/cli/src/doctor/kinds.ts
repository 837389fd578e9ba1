import type { TargetKind } from '@omninode/service-kit';
import type { Watching } from './watching.js';

/** A kind of target on the command line. */
export interface Kind {
  readonly name: TargetKind;
  /** What people call it; the first word is shown. */
  readonly words: readonly string[];
  /** How its address is written. */
  readonly form: string;
  /** Names one target of this kind. */
  readonly variable?: string;
  /** Only when it is wanted: each brings its driver. */
  load(): Promise<{ readonly watching: Watching }>;
}

export const kinds: readonly Kind[] = [
  {
    name: 'database',
    words: ['database', 'postgres', 'postgresql'],
    form: 'postgres://user@host:5432/database',
    variable: 'OMNINODE_DATABASE_URL',
    load: () => import('./kinds/database.js'),
  },
  {
    name: 'kafka',
    words: ['kafka'],
    form: 'host:9092,host:9092 or kafka+ssl://user@host:9092',
    variable: 'OMNINODE_KAFKA_BROKERS',
    load: () => import('./kinds/kafka.js'),
  },
  {
    name: 'cache',
    words: ['redis', 'cache', 'valkey'],
    form: 'redis://host:6379, rediss://host:6379 or http://host/path of an application cache',
    variable: 'OMNINODE_REDIS_URL',
    load: () => import('./kinds/cache.js'),
  },
  { name: 'breaker', words: ['breaker'], form: 'http://host:port/path', load: () => import('./kinds/breaker.js') },
];
