import { Secret } from '@omninode/service-kit';
import type { Logger } from '@omninode/service-kit';
import { startBridge } from './demo-bridge.js';
import type { BridgeProcess } from './demo-bridge.js';
import { freePort } from './demo-port.js';
import { isComing, startDemoKafka, startDemoRedis } from './demo-servers.js';
import type { ComingServer } from './demo-servers.js';
import type { DemoTargets } from './demo-targets.js';
import type { Demo } from './demo.js';

/** Of the product's configuration, what the bridge needs too. */
export interface DemoSettings {
  readonly log: { readonly level: string; readonly format?: string | undefined };
  readonly api: { readonly token?: Secret | undefined };
}

const bridgePort = 8086;

/** The demo while the product runs: a Redis and a Kafka where they can be had, and the bridge, which works on what there is. */
export class DemoRun {
  readonly #end = new AbortController();
  #servers: readonly ComingServer[] = [];
  #bridge: BridgeProcess | undefined;
  #beginning: Promise<void> | undefined;

  constructor(
    private readonly demo: Demo,
    private readonly targets: DemoTargets,
    private readonly settings: DemoSettings,
    private readonly logger: Logger,
  ) {}

  async prepare(): Promise<void> {
    await this.targets.forgetAll();
  }

  /** `url`: where the product answers. */
  begin(url: string): void {
    this.#beginning = this.#begin(url).catch((error: unknown) => {
      if (!this.#end.signal.aborted) this.logger.warn('Not all of the demo could be started.', { error });
    });
  }

  async endBridge(): Promise<void> {
    this.#end.abort();
    await this.#beginning;
    await this.#bridge?.end();
  }

  async endServers(): Promise<void> {
    const ends = this.#servers.map(async ({ up }) => (await up)?.stop());
    await Promise.all([...ends, this.demo.postgres.stop()]);
  }

  async #begin(url: string): Promise<void> {
    const { signal } = this.#end;
    const start = { folder: this.demo.folder, logger: this.logger, signal };
    const [redis, kafka] = await Promise.all([startDemoRedis(start), startDemoKafka(start)]);
    this.#servers = [redis, kafka];
    const redisUrl = `redis://127.0.0.1:${redis.port}`;
    const brokers = `127.0.0.1:${kafka.port}`;
    this.#announceWhenUp(redis, () => this.targets.announce('demo-redis', redisUrl));
    this.#announceWhenUp(kafka, () => this.targets.announce('demo-kafka', brokers));
    const [hasRedis, hasKafka] = await Promise.all([isComing(redis), isComing(kafka)]);
    if (signal.aborted) return;
    this.#bridge = this.#startBridge(await freePort(bridgePort), [
      '--mesh-http',
      url,
      '--database',
      this.demo.postgres.url('postgres', 'bridge'),
      ...(hasRedis ? ['--redis', redisUrl] : []),
      ...(hasKafka ? ['--kafka', brokers] : []),
    ]);
    const bridgeUrl = await Promise.race([this.#bridge.ready, untilAborted(signal)]);
    if (bridgeUrl === undefined || signal.aborted) return;
    this.demo.pools.push({ pool: 'platform', url: new Secret(`${bridgeUrl}/platform/postgres`) });
    await this.targets.announce('demo-caches', `${bridgeUrl}/platform/caches`);
    await this.targets.announce('demo-breakers', `${bridgeUrl}/platform/metrics`);
  }

  #announceWhenUp({ up }: ComingServer, announce: () => Promise<void>): void {
    up.then((server) => (server && !this.#end.signal.aborted ? announce() : undefined)).catch((error: unknown) =>
      this.logger.warn('A target of the demo could not be announced.', { error }),
    );
  }

  #startBridge(port: number, flags: readonly string[]): BridgeProcess {
    const { log, api } = this.settings;
    const env = {
      OMNINODE_HTTP_PORT: String(port),
      OMNINODE_LOG_LEVEL: log.level,
      ...(log.format && { OMNINODE_LOG_FORMAT: log.format }),
      ...(api.token && { OMNINODE_DEMO_MESH_TOKEN: api.token.reveal() }),
    };
    return startBridge({ flags, env, logger: this.logger });
  }
}

function untilAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
