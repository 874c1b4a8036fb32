import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SourceRegistry } from '#lib/intake';
import { Access } from '../access/access.decorator.js';
import { IsAnswer } from '../openapi/answers.js';

@ApiTags('sources and series')
@Controller('v1/sources')
export class SourceQueriesController {
  constructor(private readonly registry: SourceRegistry) {}

  /** Whole, because a city has hundreds of sources and not millions. */
  @Get()
  @Access('admin', 'data-steward', 'auditor')
  @IsAnswer('Every source with its keys (never what could be used to send)', 'SourcesAnswer')
  list() {
    return { items: this.registry.listSources() };
  }
}
