import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import type { Client } from '../create-client.js';
import type { HeadersLike } from '../propagation/headers.js';
import type { OpenRequest } from '../requests/open-request.js';

export interface TraceInterceptorOptions {
  /** Label of its requests. Default: the kind of context, `http` or `rpc`. */
  readonly component?: string;
}

/**
 * Makes a request of every call of a controller's method: `app.useGlobalInterceptors(new TraceInterceptor(client))`. The operation is
 * `Controller.method`, which are few; paths are not. An answer such as 404 is the caller's error and counts as success of the
 * service. A caller who hangs up cancels. The answer carries `x-request-id`.
 */
export class TraceInterceptor implements NestInterceptor {
  constructor(
    private readonly client: Client,
    private readonly options: TraceInterceptorOptions = {},
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const component = this.options.component ?? context.getType();
    const operation = `${context.getClass().name}.${context.getHandler().name}`;
    const { headers, answer } = exchangeOf(context);
    return new Observable((subscriber) => {
      const request = this.client.begin(component, operation, { headers, statusOf });
      if (answer) tellRequestId(answer, request);
      if (answer) cancelWhenClosed(answer, request);
      const subscription = request.run(() =>
        next.handle().subscribe({
          next: (value) => subscriber.next(value),
          error: (error: unknown) => {
            request.fail(error);
            subscriber.error(error);
          },
          complete: () => {
            request.end('success');
            subscriber.complete();
          },
        }),
      );
      return () => {
        request.end('cancelled');
        subscription.unsubscribe();
      };
    });
  }
}

/** Of Express (`setHeader` of Node) and of Fastify (`header`). */
interface Answer {
  header?(name: string, value: string): unknown;
  setHeader?(name: string, value: string): unknown;
  readonly headersSent?: boolean;
  readonly sent?: boolean;
  /** Node's own, below Fastify's. */
  readonly raw?: Closing;
}

interface Closing {
  readonly writableFinished?: boolean;
  once?(event: 'close', listener: () => void): unknown;
}

function exchangeOf(context: ExecutionContext): { headers: HeadersLike; answer?: Answer } {
  if (context.getType() === 'http') {
    const http = context.switchToHttp();
    const { headers = {} } = http.getRequest<{ headers?: HeadersLike }>();
    return { headers, answer: http.getResponse<Answer>() };
  }
  return { headers: messageHeadersOf(context) };
}

/** Of Nest's Kafka context, the message; other transports have no headers that are known here. */
function messageHeadersOf(context: ExecutionContext): HeadersLike {
  if (context.getType() !== 'rpc') return {};
  const { getMessage } = context.switchToRpc().getContext<{ getMessage?: unknown }>() ?? {};
  if (typeof getMessage !== 'function') return {};
  const message = getMessage.call(context.switchToRpc().getContext()) as { headers?: HeadersLike } | undefined;
  return message?.headers ?? {};
}

function tellRequestId(answer: Answer, { requestId }: OpenRequest): void {
  if (answer.headersSent || answer.sent) return;
  if (typeof answer.header === 'function') answer.header('x-request-id', requestId);
  else answer.setHeader?.('x-request-id', requestId);
}

/** Nest lets a handler run on when its caller has hung up, and sends the answer to nobody. */
function cancelWhenClosed(answer: Answer, request: OpenRequest): void {
  const response = answer.raw ?? (answer as Closing);
  response.once?.('close', () => {
    if (!response.writableFinished) request.end('cancelled');
  });
}

/** By the shape of Nest's HttpException. */
function statusOf(error: unknown): 'success' | undefined {
  const { getStatus } = (error ?? {}) as { getStatus?: unknown };
  if (typeof getStatus !== 'function') return undefined;
  const status: unknown = getStatus.call(error);
  return typeof status === 'number' && status < 500 && status !== 408 ? 'success' : undefined;
}
