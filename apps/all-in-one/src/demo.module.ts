import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { Demo } from './demo.js';

const DEMO = Symbol('omninode:demo');

/** Ends the demo with the application, after those who watch it. */
@Module({})
export class DemoModule implements OnApplicationShutdown {
  constructor(@Inject(DEMO) private readonly demo: Demo) {}

  static forRoot(demo: Demo): DynamicModule {
    return { module: DemoModule, providers: [{ provide: DEMO, useValue: demo }] };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.demo.stop();
  }
}
