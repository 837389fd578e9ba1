import { Controller, Get, Header, Inject, NotFoundException, Res } from '@nestjs/common';
import { Breakers } from '../breakers/breakers.js';
import { HookStore } from '../hooks/hook-store.js';
import { RuleCache } from '../rules/rule-cache.js';
import type { HookStream } from '../stream/hook-stream.js';
import { STREAM } from '../tokens.js';
import { breakerStates } from './breaker-states.js';
import { cacheStats } from './cache-stats.js';
import { poolHealth } from './pool-health.js';
import { resilienceMetrics } from './resilience-metrics.js';

/** What services of the platform tell of themselves, in their forms: collectors read it as they would there. */
@Controller()
export class PlatformController {
  constructor(
    @Inject(HookStore) private readonly store: HookStore,
    @Inject(RuleCache) private readonly rules: RuleCache,
    @Inject(STREAM) private readonly stream: HookStream | null,
    @Inject(Breakers) private readonly breakers: Breakers,
  ) {}

  /** `PostgresClient.health_check()` */
  @Get('platform/postgres')
  postgres(): Promise<object> {
    return poolHealth(this.store);
  }

  /** `KafkaClient.get_resilience_metrics()` */
  @Get('platform/kafka')
  kafka(): object {
    if (!this.stream) throw new NotFoundException('This service was given no Kafka.');
    return resilienceMetrics(this.stream, Date.now());
  }

  /** `workflow_cache.get_cache_stats()` */
  @Get('platform/cache')
  cache(): object {
    return cacheStats(this.rules.memory);
  }

  /** The same by the name of the cache. */
  @Get('platform/caches')
  caches(): object {
    return { workflow_cache: cacheStats(this.rules.memory) };
  }

  @Get('platform/breakers')
  breakerStates(): object {
    return breakerStates(this.breakers.entries());
  }

  /** The breakers as opossum-prometheus tells of them. */
  @Get('platform/metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(): string {
    return this.breakers.events.text();
  }

  /** The receiver's health page, which embeds two of the above. 503 when a dependency is not healthy. */
  @Get('health')
  async health(@Res({ passthrough: true }) reply: { status(code: number): unknown }): Promise<object> {
    const postgres = (await poolHealth(this.store)) as { readonly status: string };
    const isWell = postgres.status === 'healthy' && this.stream?.isUp !== false;
    reply.status(isWell ? 200 : 503);
    return {
      status: isWell ? 'healthy' : 'degraded',
      timestamp: new Date().toISOString(),
      version: '0.1.0',
      uptime: Math.round(process.uptime()),
      dependencies: {
        postgres,
        ...(this.stream && {
          kafka: {
            status: this.stream.isUp ? 'healthy' : 'unhealthy',
            connected: this.stream.isUp,
            bootstrap_servers: this.stream.brokers.join(','),
            producer_active: this.stream.isUp,
          },
        }),
      },
    };
  }
}
