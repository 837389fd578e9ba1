import type { FastifyInstance } from 'fastify';
import type { Route } from '../openapi/route.js';

export interface ServedRoute {
  readonly method: string;
  /** As Fastify writes it: `/api/v1/targets/:id`. */
  readonly url: string;
}

/** The routes as they are described, beside those that are really served. */
export class RouteTable {
  private readonly described: ReadonlyMap<string, Route>;
  private readonly served = new Map<string, ServedRoute>();

  constructor(readonly routes: readonly Route[]) {
    this.described = new Map(routes.map((route) => [keyOf(route.method, route.path), route]));
  }

  /** Notes each route that is registered from now on. */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) this.add(each, url);
    });
  }

  private add(method: string, url: string): void {
    // Fastify answers HEAD wherever it answers GET, and OPTIONS is no route of ours.
    if (method === 'HEAD' || method === 'OPTIONS') return;
    this.served.set(keyOf(method, openApiPath(url)), { method, url });
  }

  /** The description of a route as Fastify names it. */
  find(method: string, url: string): Route | undefined {
    return this.described.get(keyOf(method === 'HEAD' ? 'GET' : method, openApiPath(url)));
  }

  /** Routes that are served and that nobody has described. */
  undescribed(): string[] {
    return [...this.served.keys()].filter((key) => !this.described.has(key)).sort();
  }

  /** Routes that are described and that nobody serves. */
  unserved(): string[] {
    return [...this.described.keys()].filter((key) => !this.served.has(key)).sort();
  }
}

function keyOf(method: string, path: string): string {
  return `${method.toUpperCase()} ${path}`;
}

/** `/targets/:id` → `/targets/{id}`; the last slash counts for nothing. */
function openApiPath(url: string): string {
  return url.replace(/:(\w+)/g, '{$1}').replace(/(?<=.)\/$/, '');
}
