import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sharedIds, sharesTargets } from '@omninode/testing';

sharesTargets({
  app: 'breaker-collector',
  async start() {
    const begunAtMs = Date.now();
    // As opossum-prometheus writes it: calls that go on being counted.
    const service = createServer((_, answer) => {
      const calls = Math.floor((Date.now() - begunAtMs) / 100);
      answer.setHeader('content-type', 'text/plain; version=0.0.4').end(`# TYPE circuit counter
circuit{name="payments",event="fire"} ${calls}
circuit{name="payments",event="success"} ${calls}
circuit{name="payments",event="open"} 0
circuit{name="payments",event="close"} 0
`);
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
    const { port } = service.address() as AddressInfo;
    const targets = sharedIds.map((id) => ({ id, kind: 'breaker', url: `http://127.0.0.1:${port}/metrics` }));
    return { targets, stop: async () => void service.close() };
  },
  settings: { interval: '1s' },
  counters: /^omninode_circuit_breaker_[a-z_]*_total$/,
});
