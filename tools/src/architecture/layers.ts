/** Who may import whom. CONTRIBUTING.md prints this table; a project without a layer is a violation. */
export interface Layer {
  readonly name: string;
  /** Folders of its projects: one, or all below a folder with `/*`. */
  readonly projects: readonly string[];
  /** Layers whose projects it may import, besides its own project. */
  readonly mayImport: readonly string[];
  /** Packages of others: exact names, or a scope with `/*`. Node's own modules are free, except for pure layers. */
  readonly packages: readonly Packages[];
  /** No clock, no chance, no files, no network. */
  readonly isPure?: true;
}

export interface Packages {
  readonly names: readonly string[];
  /** Only in files whose path ends like this. Absent: everywhere. */
  readonly onlyIn?: string;
}

const nest: Packages = { names: ['@nestjs/*', 'reflect-metadata', 'rxjs'] };
const libs = [
  'contracts',
  'publisher',
  'kafka-link',
  'kits',
  'transports',
  'aggregation',
  'composition',
  'collectors',
  'api',
  'local',
  'testing',
];

export const layers: readonly Layer[] = [
  { name: 'contracts', projects: ['libs/contracts'], mayImport: [], packages: [{ names: ['zod'] }], isPure: true },
  { name: 'publisher', projects: ['libs/publisher'], mayImport: ['contracts'], packages: [] },
  { name: 'kafka-link', projects: ['libs/kafka-link'], mayImport: ['contracts'], packages: [{ names: ['kafkajs'] }] },
  { name: 'kits', projects: ['libs/collector-kit'], mayImport: ['contracts', 'publisher'], packages: [] },
  {
    name: 'service-kit',
    projects: ['libs/service-kit'],
    mayImport: ['contracts', 'publisher'],
    packages: [nest, { names: ['fastify', 'pino', 'prom-client', 'yaml', 'zod'] }],
  },
  { name: 'local', projects: ['libs/local-services'], mayImport: ['contracts'], packages: [] },
  {
    name: 'testing',
    projects: ['libs/testing'],
    mayImport: ['contracts', 'publisher', 'local'],
    packages: [{ names: ['vitest', 'fast-check'] }],
  },
  { name: 'bus', projects: ['libs/transports/bus'], mayImport: ['contracts', 'publisher'], packages: [nest] },
  {
    name: 'transports',
    projects: ['libs/transports/embedded', 'libs/transports/kafka'],
    mayImport: ['contracts', 'publisher', 'bus', 'kafka-link', 'service-kit'],
    packages: [
      { names: ['@nestjs/common'], onlyIn: '.module.ts' },
      { names: ['zod'], onlyIn: '.config.ts' },
    ],
  },
  {
    name: 'collectors',
    projects: ['libs/collectors/*'],
    mayImport: ['contracts', 'kits', 'service-kit', 'bus', 'kafka-link'],
    packages: [
      { names: ['@nestjs/common'], onlyIn: '.module.ts' },
      { names: ['pg'], onlyIn: '.reader.ts' },
      { names: ['zod'] },
    ],
  },
  { name: 'aggregation', projects: ['libs/aggregation'], mayImport: ['contracts'], packages: [], isPure: true },
  {
    name: 'api',
    projects: ['libs/mesh-api'],
    mayImport: ['contracts', 'aggregation', 'service-kit'],
    packages: [nest, { names: ['fastify', 'zod'] }],
  },
  {
    name: 'composition',
    projects: ['libs/aggregator'],
    mayImport: ['contracts', 'aggregation', 'api', 'bus', 'service-kit'],
    packages: [nest, { names: ['zod'] }],
  },
  {
    name: 'apps',
    projects: ['apps/*'],
    mayImport: [...libs, 'service-kit', 'bus'],
    packages: [nest, { names: ['zod', 'pg'] }],
  },
  {
    name: 'tooling',
    projects: ['tools', 'dashboards'],
    mayImport: [...libs, 'service-kit', 'bus', 'apps', 'tooling'],
    packages: [{ names: ['*'] }],
  },
];

export function layerOf(project: string): Layer | undefined {
  return layers.find(({ projects }) => projects.some((pattern) => matches(pattern, project)));
}

/** `libs/*` stands for everything one folder below. */
export function matches(pattern: string, name: string): boolean {
  return pattern === '*' || pattern === name || (pattern.endsWith('/*') && name.startsWith(pattern.slice(0, -1)));
}
