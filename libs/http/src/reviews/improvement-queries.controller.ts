import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ImprovementQueries } from '#lib/projections';
import { Access, READERS } from '../access/access.decorator.js';
import { IdentifierField } from '../fields/fields.js';
import { IsQuery } from '../openapi/answers.js';
import { KnownThings } from '../views/known-things.js';
import { found, QueryScopes } from '../views/query-scopes.js';
import { PageQuery, ScopeQuery } from '../views/scope.queries.js';

export class ImprovementQuery extends PageQuery {
  @IdentifierField({ optional: true })
  unit?: string;

  @IdentifierField({ optional: true })
  goal?: string;

  @IdentifierField({ optional: true })
  kpi?: string;
}

const filterOf = ({ unit, goal, kpi }: ImprovementQuery) => ({ unitId: unit, goalId: goal, kpiId: kpi });

@ApiTags('improvement')
@Controller('v1')
export class ImprovementQueriesController {
  constructor(
    private readonly improvement: ImprovementQueries,
    private readonly known: KnownThings,
    private readonly scopes: QueryScopes,
  ) {}

  @Get('reviews')
  @Access(...READERS)
  @IsQuery('Reviews with their findings and actions, newest first', 'ReviewPage')
  async reviews(@Query() query: ImprovementQuery) {
    await this.known.require({ unit: query.unit, goal: query.goal, kpi: query.kpi });
    return this.improvement.reviews(filterOf(query), await this.scopes.scopeOf(query));
  }

  @Get('reviews/:reviewId')
  @Access(...READERS)
  @IsQuery('One review', 'Review')
  async review(@Param('reviewId') reviewId: string, @Query() query: ScopeQuery) {
    return found(this.improvement.review(reviewId, await this.scopes.scopeOf(query)), `review ${reviewId}`);
  }

  @Get('actions')
  @Access(...READERS)
  @IsQuery('Improvement actions and whether they worked, newest first', 'ActionPage')
  async actions(@Query() query: ImprovementQuery) {
    await this.known.require({ unit: query.unit, goal: query.goal, kpi: query.kpi });
    return this.improvement.actions(filterOf(query), await this.scopes.scopeOf(query));
  }

  @Get('actions/:actionId')
  @Access(...READERS)
  @IsQuery('One action', 'Action')
  async action(@Param('actionId') actionId: string, @Query() query: ScopeQuery) {
    return found(this.improvement.action(actionId, await this.scopes.scopeOf(query)), `action ${actionId}`);
  }
}
