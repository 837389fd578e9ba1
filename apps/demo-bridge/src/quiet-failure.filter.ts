import { Catch, HttpException } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { CodedError } from '@omninode/contracts';

interface Reply {
  status(status: number): Reply;
  send(body: unknown): unknown;
}

/** Answers failures that were foreseen. They are measured, and during an incident too many for a line of the log each. */
@Catch(CodedError, HttpException)
export class QuietFailureFilter implements ExceptionFilter<CodedError | HttpException> {
  catch(error: CodedError | HttpException, host: ArgumentsHost): void {
    const { status, code } = answerTo(error);
    host
      .switchToHttp()
      .getResponse<Reply>()
      .status(status)
      .send({ success: false, error: { code, message: error.message } });
  }
}

function answerTo(error: CodedError | HttpException): { readonly status: number; readonly code: string } {
  if (error instanceof CodedError) return { status: 503, code: error.code };
  const body = error.getResponse();
  const code = typeof body === 'object' ? (body as { code?: string }).code : undefined;
  return { status: error.getStatus(), code: code ?? error.name };
}
