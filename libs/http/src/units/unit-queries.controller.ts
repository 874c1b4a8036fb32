import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { UnitQueries } from '#lib/projections';
import { Access, READERS } from '../access/access.decorator.js';
import { IdentifierField } from '../fields/fields.js';
import { IsQuery } from '../openapi/answers.js';
import { KnownThings } from '../views/known-things.js';
import { found, QueryScopes } from '../views/query-scopes.js';
import { PageQuery, ScopeQuery } from '../views/scope.queries.js';

export class GoalsQuery extends PageQuery {
  @IdentifierField({ optional: true })
  unit?: string;
}

@ApiTags('units and goals')
@Controller('v1')
export class UnitQueriesController {
  constructor(
    private readonly units: UnitQueries,
    private readonly known: KnownThings,
    private readonly scopes: QueryScopes,
  ) {}

  @Get('units')
  @Access(...READERS)
  @IsQuery('Units with the balance of their KPIs', 'UnitPage')
  async listUnits(@Query() query: PageQuery) {
    return this.units.units(await this.scopes.scopeOf(query));
  }

  @Get('units/:unitId')
  @Access(...READERS)
  @IsQuery('One unit', 'Unit')
  async unit(@Param('unitId') unitId: string, @Query() query: ScopeQuery) {
    return found(this.units.unit(unitId, await this.scopes.scopeOf(query)), `unit ${unitId}`);
  }

  @Get('goals')
  @Access(...READERS)
  @IsQuery('Goals', 'GoalPage')
  async listGoals(@Query() query: GoalsQuery) {
    await this.known.require({ unit: query.unit });
    return this.units.goals({ unitId: query.unit }, await this.scopes.scopeOf(query));
  }
}
