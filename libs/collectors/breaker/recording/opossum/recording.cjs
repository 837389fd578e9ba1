// Calls through its breaker as it is told: /calls?successes=3&failures=5&slow=1. Its figures are at /metrics.
const { createServer } = require('node:http');
const CircuitBreaker = require('opossum');
const PrometheusMetrics = require('opossum-prometheus');

const breaker = new CircuitBreaker(
  async (how) => {
    if (how === 'fail') throw new Error('as told');
    if (how === 'slow') await new Promise((resolve) => setTimeout(resolve, 100));
  },
  { name: 'payments', timeout: 50, resetTimeout: 200, volumeThreshold: 5, errorThresholdPercentage: 50 },
);
const prometheus = new PrometheusMetrics({ circuits: [breaker] });

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  if (pathname === '/metrics') {
    response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    return response.end(prometheus.metrics);
  }
  for (const [name, how] of [
    ['successes', 'succeed'],
    ['slow', 'slow'],
    ['failures', 'fail'],
  ]) {
    for (let call = 0; call < Number(searchParams.get(name)); call++) await breaker.fire(how).catch(() => undefined);
  }
  response.end('called\n');
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
