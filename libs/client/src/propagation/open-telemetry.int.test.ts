import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { Context, ContextManager } from '@opentelemetry/api';
import { afterEach, expect, test } from 'vitest';
import { clientRig } from '../testing/client-rig.js';

const spanContext = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', traceFlags: 1 };

afterEach(() => context.disable());

test('a request in a span of the host joins its trace, and so does what it asks for', async () => {
  context.setGlobalContextManager(contextManager());
  const { client } = clientRig();
  await sleep(20); // the API is loaded beside the start
  const active = trace.setSpan(ROOT_CONTEXT, trace.wrapSpanContext(spanContext));
  context.with(active, () =>
    client.trace('checkout', 'pay', (request) => {
      expect(request).toMatchObject({ traceId: spanContext.traceId, spanId: spanContext.spanId });
      expect(client.inject({})).toMatchObject({ traceparent: `00-${spanContext.traceId}-${spanContext.spanId}-01` });
      const inner = { ...spanContext, spanId: 'aaaaaaaaaaaaaaaa' };
      context.with(trace.setSpan(active, trace.wrapSpanContext(inner)), () => {
        expect(client.inject({})).toMatchObject({ traceparent: `00-${spanContext.traceId}-aaaaaaaaaaaaaaaa-01` });
      });
    }),
  );
});

test('without a span, and with one of zeros, requests have ids of their own', async () => {
  context.setGlobalContextManager(contextManager());
  const { client } = clientRig();
  await sleep(20);
  const zeros = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 };
  for (const active of [ROOT_CONTEXT, trace.setSpan(ROOT_CONTEXT, trace.wrapSpanContext(zeros))]) {
    context.with(active, () =>
      client.trace('checkout', 'pay', ({ traceId }) => expect(traceId).not.toMatch(/^0+$|^4bf9/)),
    );
  }
});

/** What OpenTelemetry's SDK for Node brings along, in short. */
function contextManager(): ContextManager {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, work, thisArgument, ...given) => storage.run(active, () => work.apply(thisArgument as never, given)),
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}
