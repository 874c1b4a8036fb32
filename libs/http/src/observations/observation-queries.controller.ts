import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SeriesQueries } from '#lib/projections';
import { Access, READERS } from '../access/access.decorator.js';
import { DateField, IdentifierField, SeriesKeyField, TextField } from '../fields/fields.js';
import { IsQuery } from '../openapi/answers.js';
import { KnownThings } from '../views/known-things.js';
import { QueryScopes } from '../views/query-scopes.js';
import { PageQuery } from '../views/scope.queries.js';

const TIME_LENGTH_MAX = 40;

export class ObservationsQuery extends PageQuery {
  @SeriesKeyField()
  series!: string;

  @TextField({ optional: true, max: TIME_LENGTH_MAX, description: 'RFC 3339 time, inclusive.' })
  from?: string;

  @TextField({ optional: true, max: TIME_LENGTH_MAX, description: 'RFC 3339 time, exclusive.' })
  to?: string;
}

export class RollupsQuery extends PageQuery {
  @SeriesKeyField()
  series!: string;

  @DateField({ optional: true, description: 'Local date, inclusive.' })
  from?: string;

  @DateField({ optional: true, description: 'Local date, inclusive.' })
  to?: string;
}

export class QuarantineQuery extends PageQuery {
  @IdentifierField({ optional: true })
  source?: string;

  @SeriesKeyField({ optional: true })
  series?: string;
}

@ApiTags('observations')
@Controller('v1')
export class ObservationQueriesController {
  constructor(
    private readonly seriesQueries: SeriesQueries,
    private readonly known: KnownThings,
    private readonly scopes: QueryScopes,
  ) {}

  @Get('observations')
  @Access(...READERS)
  @IsQuery('Observations of a series, each with the values it replaced', 'ObservationPage')
  async observations(@Query() query: ObservationsQuery) {
    await this.known.require({ series: query.series });
    const filter = { seriesKey: query.series, from: query.from, to: query.to };
    return this.seriesQueries.observations(filter, await this.scopes.scopeOf(query));
  }

  @Get('rollups')
  @Access(...READERS)
  @IsQuery('Day rollups of a series', 'RollupPage')
  async rollups(@Query() query: RollupsQuery) {
    await this.known.require({ series: query.series });
    const filter = { seriesKey: query.series, from: query.from, to: query.to };
    return this.seriesQueries.rollups(filter, await this.scopes.scopeOf(query));
  }

  @Get('quarantine')
  @Access('data-steward', 'auditor', 'admin')
  @IsQuery('Observations that could not be counted, with the reason and their bytes', 'QuarantinePage')
  async quarantine(@Query() query: QuarantineQuery) {
    // Not the series: what nobody registered is in quarantine for just that.
    await this.known.require({ source: query.source });
    const filter = { sourceId: query.source, seriesKey: query.series };
    return this.seriesQueries.quarantine(filter, await this.scopes.scopeOf(query));
  }
}
