import { setTimeout as sleep } from 'node:timers/promises';
import {
  Body,
  Controller,
  HttpCode,
  Inject,
  Post,
  ServiceUnavailableException,
  UseFilters,
  UseInterceptors,
} from '@nestjs/common';
import { ClassifierTrace } from '../mesh/bridge-trace.interceptor.js';
import { QuietFailureFilter } from '../quiet-failure.filter.js';
import { ClassifierState } from './classifier-state.js';

/** The dependency of the receiver: it says what kind of hook one is. Asked over HTTP, like any other. */
@Controller('classifier')
@UseInterceptors(ClassifierTrace)
@UseFilters(QuietFailureFilter)
export class ClassifierController {
  constructor(@Inject(ClassifierState) private readonly state: ClassifierState) {}

  @Post()
  @HttpCode(200)
  async classify(@Body() { action }: { readonly action?: unknown }): Promise<{ readonly kind: string }> {
    await sleep(2 + String(action).length);
    if (this.state.isFailing) throw new ServiceUnavailableException('The classifier fails on purpose.');
    return { kind: kinds[String(action)] ?? 'other' };
  }
}

const kinds: Readonly<Record<string, string>> = {
  created: 'change',
  updated: 'change',
  deleted: 'removal',
  deployed: 'release',
};
