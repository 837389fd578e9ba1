import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { RouteTable } from '../access/route-table.js';
import { openApiDocument, type JsonObject } from './document.js';
import { pagePolicy, referencePage } from './reference-page.js';

/** What the API says of itself. */
@Controller('api')
export class ReferenceController {
  private readonly document: JsonObject;
  private readonly html: string;

  constructor(@Inject(RouteTable) { routes }: RouteTable) {
    this.document = openApiDocument(routes);
    this.html = referencePage(routes);
  }

  @Get()
  page(@Res() reply: FastifyReply): void {
    reply.type('text/html; charset=utf-8').header('content-security-policy', pagePolicy).send(this.html);
  }

  @Get('v1/openapi.json')
  openApi(): JsonObject {
    return this.document;
  }
}
