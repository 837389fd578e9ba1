import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { MeshController } from './mesh.controller.js';
import { MetricsController } from './metrics.controller.js';

/** The HTTP API. `view` provides `MESH_VIEW`; `imports` are the modules that it needs. */
@Module({})
export class MeshApiModule {
  static forRoot({ view, imports = [] }: { view: Provider; imports?: DynamicModule['imports'] }): DynamicModule {
    return { module: MeshApiModule, imports, providers: [view], controllers: [MetricsController, MeshController] };
  }
}
