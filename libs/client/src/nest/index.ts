/** For services built with Nest: `@nestjs/common` and `rxjs` are theirs. */
export { TraceInterceptor } from './trace.interceptor.js';
export type { TraceInterceptorOptions } from './trace.interceptor.js';
