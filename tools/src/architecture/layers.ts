/** Who may import whom. CONTRIBUTING.md prints this table; a project without a layer is a violation. */
export interface Layer {
  readonly name: string;
  /** Folders of its projects: one, or all below a folder with `/*`. The first row that fits a project counts. */
  readonly projects: readonly string[];
  /** Layers whose projects it may import, besides its own project. */
  readonly mayImport: readonly string[];
  /** Packages of others: exact names, or a scope with `/*`. */
  readonly packages: readonly Packages[];
  /** What its tests, benchmarks and what is in their `testing` folder may use besides. */
  readonly testPackages?: readonly string[];
  /** No clock, no chance, and of Node's modules only those that compute. */
  readonly isPure?: true;
}

export interface Packages {
  readonly names: readonly string[];
  /** Only in files whose path ends like this. Absent: everywhere. */
  readonly onlyIn?: string;
}

const nest: Packages = { names: ['@nestjs/*', 'reflect-metadata', 'rxjs'] };
const nestInModules: Packages = { names: ['@nestjs/common'], onlyIn: '.module.ts' };
const zod: Packages = { names: ['zod'] };
export const everyLib: readonly string[] = [
  'contracts',
  'publisher',
  'kafka-link',
  'collector-kit',
  'service-kit',
  'local-services',
  'testing',
  'bus',
  'transports',
  'kafka-transport',
  'collectors',
  'kafka-collector',
  'reasoning',
  'alerting',
  'aggregator',
  'mesh-api',
  'notifiers-actuators',
  'client',
];

export const layers: readonly Layer[] = [
  { name: 'contracts', projects: ['libs/contracts'], mayImport: [], packages: [zod], isPure: true },
  { name: 'publisher', projects: ['libs/publisher'], mayImport: ['contracts'], packages: [] },
  { name: 'kafka-link', projects: ['libs/kafka-link'], mayImport: ['contracts'], packages: [{ names: ['kafkajs'] }] },
  {
    name: 'collector-kit',
    projects: ['libs/collector-kit'],
    mayImport: ['contracts', 'publisher', 'service-kit', 'bus'],
    packages: [nestInModules],
  },
  {
    name: 'service-kit',
    projects: ['libs/service-kit'],
    mayImport: ['contracts', 'publisher'],
    packages: [nest, { names: ['fastify', 'pino', 'prom-client', 'yaml'] }, zod],
  },
  { name: 'local-services', projects: ['libs/local-services'], mayImport: ['contracts'], packages: [] },
  {
    name: 'testing',
    projects: ['libs/testing'],
    mayImport: ['contracts', 'publisher', 'local-services'],
    packages: [{ names: ['vitest', 'fast-check'] }],
  },
  { name: 'bus', projects: ['libs/transports/bus'], mayImport: ['contracts', 'publisher'], packages: [nest] },
  {
    name: 'kafka-transport',
    projects: ['libs/transports/kafka'],
    mayImport: ['contracts', 'publisher', 'bus', 'service-kit', 'kafka-link'],
    packages: [nestInModules, { names: ['zod'], onlyIn: '.config.ts' }],
  },
  {
    name: 'transports',
    projects: ['libs/transports/*'],
    mayImport: ['contracts', 'publisher', 'bus', 'service-kit'],
    packages: [nestInModules, { names: ['zod'], onlyIn: '.config.ts' }],
  },
  {
    name: 'kafka-collector',
    projects: ['libs/collectors/kafka'],
    mayImport: ['contracts', 'collector-kit', 'service-kit', 'bus', 'kafka-link'],
    packages: [nestInModules, zod],
  },
  {
    name: 'collectors',
    projects: ['libs/collectors/*'],
    mayImport: ['contracts', 'collector-kit', 'service-kit', 'bus'],
    packages: [nestInModules, zod, { names: ['pg', 'ioredis'], onlyIn: '.reader.ts' }],
  },
  {
    name: 'reasoning',
    projects: ['libs/aggregation', 'libs/history', 'libs/tuning'],
    mayImport: ['contracts', 'reasoning'],
    packages: [],
    isPure: true,
  },
  {
    name: 'alerting',
    projects: ['libs/alerting'],
    mayImport: ['contracts', 'reasoning'],
    packages: [zod, { names: ['yaml'] }],
    isPure: true,
  },
  {
    name: 'mesh-api',
    projects: ['libs/mesh-api'],
    mayImport: ['contracts', 'service-kit', 'reasoning', 'alerting'],
    packages: [nest, { names: ['fastify'] }, zod],
  },
  {
    name: 'notifiers-actuators',
    projects: ['libs/notifiers', 'libs/actuators'],
    mayImport: ['contracts', 'service-kit', 'reasoning', 'alerting'],
    packages: [nest, zod, { names: ['pg', 'nodemailer'] }],
    testPackages: ['smtp-server'],
  },
  {
    name: 'aggregator',
    projects: ['libs/aggregator'],
    mayImport: ['contracts', 'service-kit', 'bus', 'reasoning', 'alerting', 'notifiers-actuators', 'mesh-api'],
    packages: [nest, zod],
  },
  {
    name: 'client',
    projects: ['libs/client'],
    mayImport: ['contracts', 'publisher'],
    packages: [{ names: ['@nestjs/common', 'rxjs'], onlyIn: '.interceptor.ts' }, { names: ['@opentelemetry/api'] }],
    testPackages: ['pg', 'kafkajs', 'opossum', 'opossum-8', 'opossum-9', 'cockatiel', 'cockatiel-3'],
  },
  {
    name: 'apps',
    projects: ['apps/*'],
    mayImport: everyLib,
    packages: [nest, zod, { names: ['pg', 'ioredis', 'opossum'] }],
    testPackages: ['kafkajs'],
  },
  {
    name: 'tooling',
    projects: ['tools', 'dashboards'],
    mayImport: [...everyLib, 'apps', 'tooling'],
    packages: [{ names: ['*'] }],
  },
];

/** What tests may import besides what their layer may: what they test it with. */
export const testsMayImport: readonly string[] = ['testing', 'local-services', 'transports', 'kafka-transport'];
export const testsMayUse: readonly Packages[] = [nest];

/** Modules of Node that only some may import. `in`: the begin of a path. */
export const nodeModules = {
  /** They compute, and touch nothing. */
  pure: ['node:buffer', 'node:util', 'node:zlib'],
  /** In a collector the reader is the only one who talks to the source. */
  network: ['node:net', 'node:tls', 'node:http', 'node:https', 'node:http2', 'node:dgram', 'node:dns'],
  /** The embedded bus, and the lock of a spool folder. */
  sqlite: { name: 'node:sqlite', in: ['libs/transports/embedded/', 'libs/publisher/src/spool/'] },
} as const;

export function layerOf(project: string): Layer | undefined {
  return layers.find(({ projects }) => projects.some((pattern) => matches(pattern, project)));
}

/** `libs/*` stands for everything one folder below. */
export function matches(pattern: string, name: string): boolean {
  return pattern === '*' || pattern === name || (pattern.endsWith('/*') && name.startsWith(pattern.slice(0, -1)));
}
