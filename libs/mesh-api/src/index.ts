export { MeshApiModule } from './mesh-api.module.js';
export { MESH_VIEW } from './mesh-view.js';
export type { MeshView } from './mesh-view.js';
