export { openEmbeddedBus } from './embedded-bus.js';
export type { EmbeddedBusOptions } from './embedded-bus.js';
export { EmbeddedTransportModule } from './embedded-transport.module.js';
export { embeddedErrors } from './errors.js';
