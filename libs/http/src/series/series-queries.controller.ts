import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SeriesQueries } from '#lib/projections';
import { Access, READERS } from '../access/access.decorator.js';
import { IdentifierField, TextField } from '../fields/fields.js';
import { IsQuery } from '../openapi/answers.js';
import { KnownThings } from '../views/known-things.js';
import { QueryScopes } from '../views/query-scopes.js';
import { PageQuery } from '../views/scope.queries.js';

const PREFIX_LENGTH_MAX = 128;

export class SeriesListQuery extends PageQuery {
  @IdentifierField({ optional: true })
  source?: string;

  @TextField({ optional: true, max: PREFIX_LENGTH_MAX, description: 'Only series whose key starts so.' })
  prefix?: string;
}

@ApiTags('sources and series')
@Controller('v1')
export class SeriesQueriesController {
  constructor(
    private readonly seriesQueries: SeriesQueries,
    private readonly known: KnownThings,
    private readonly scopes: QueryScopes,
  ) {}

  @Get('series')
  @Access(...READERS)
  @IsQuery('Series with their counts, gaps and corrections', 'SeriesPage')
  async list(@Query() query: SeriesListQuery) {
    await this.known.require({ source: query.source });
    const filter = { sourceId: query.source, prefix: query.prefix };
    return this.seriesQueries.series(filter, await this.scopes.scopeOf(query));
  }
}
