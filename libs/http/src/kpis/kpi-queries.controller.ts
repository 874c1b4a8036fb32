import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { SourceRegistry } from '#lib/intake';
import { AuditQueries, KpiQueries, type KpiDetail } from '#lib/projections';
import { Access, READERS } from '../access/access.decorator.js';
import { ChoiceField, IdentifierField, TextField } from '../fields/fields.js';
import { IsQuery } from '../openapi/answers.js';
import { KnownThings } from '../views/known-things.js';
import { found, QueryScopes } from '../views/query-scopes.js';
import { PageQuery, ScopeQuery } from '../views/scope.queries.js';
import { measuredSeries, UNIT_WARNING, unitDiffers } from './measured-series.js';

/** Longest period label. */
const PERIOD_LENGTH_MAX = 16;
/** Longest id of what an entry of the audit trail is about: a series key. */
const SUBJECT_LENGTH_MAX = 128;

export class KpisQuery extends PageQuery {
  @IdentifierField({ optional: true })
  unit?: string;

  @IdentifierField({ optional: true })
  goal?: string;

  @ChoiceField(['draft', 'active', 'retired'], { optional: true })
  lifecycle?: 'draft' | 'active' | 'retired';
}

export class ExplainQuery extends ScopeQuery {
  @TextField({ optional: true, max: PERIOD_LENGTH_MAX, description: 'For example 2026-11; absent: the current one.' })
  period?: string;
}

export class AuditTrailQuery extends PageQuery {
  @IdentifierField({ optional: true })
  kpi?: string;

  @IdentifierField({ optional: true })
  unit?: string;

  @TextField({ optional: true, max: SUBJECT_LENGTH_MAX, description: 'Id of a KPI, goal, unit, series or source.' })
  subject?: string;
}

@ApiTags('KPIs')
@Controller('v1')
export class KpiQueriesController {
  constructor(
    private readonly kpis: KpiQueries,
    private readonly audit: AuditQueries,
    private readonly known: KnownThings,
    private readonly registry: SourceRegistry,
    private readonly scopes: QueryScopes,
  ) {}

  @Get('kpis')
  @Access(...READERS)
  @IsQuery('KPIs with their current figures', 'KpiPage')
  async list(@Query() query: KpisQuery) {
    const { unit, goal, lifecycle } = query;
    await this.known.require({ unit, goal });
    return this.kpis.list({ unitId: unit, goalId: goal, lifecycle }, await this.scopes.scopeOf(query));
  }

  @Get('kpis/:kpiId')
  @Access(...READERS)
  @IsQuery('One KPI: definition, targets, open changes, current figure', 'Kpi')
  async detail(@Param('kpiId') kpiId: string, @Query() query: ScopeQuery) {
    const detail = found(this.kpis.detail(kpiId, await this.scopes.scopeOf(query)), `KPI ${kpiId}`);
    return query.asOf === undefined ? this.withUnitWarning(detail) : detail;
  }

  @Get('kpis/:kpiId/periods')
  @Access(...READERS)
  @IsQuery('Values by period, newest first, each with the target that was in force', 'KpiPeriodPage')
  async periods(@Param('kpiId') kpiId: string, @Query() query: PageQuery) {
    return found(this.kpis.periods(kpiId, await this.scopes.scopeOf(query)), `KPI ${kpiId}`);
  }

  @Get('kpis/:kpiId/explain')
  @Access(...READERS)
  @IsQuery('A figure, its formula and inputs, and the log positions it came from', 'Explanation')
  async explain(@Param('kpiId') kpiId: string, @Query() query: ExplainQuery) {
    const scope = await this.scopes.scopeOf(query);
    return found(this.kpis.explain(kpiId, query.period, scope), `KPI ${kpiId} with a figure for that period`);
  }

  @Get('audit-trail')
  @Access(...READERS)
  @IsQuery('Decisions, newest first: who, when, why, before and after', 'AuditPage')
  async auditTrail(@Query() query: AuditTrailQuery) {
    await this.known.require({ kpi: query.kpi, unit: query.unit });
    const filter = { kpiId: query.kpi, unitId: query.unit, subjectId: query.subject };
    return this.audit.list(filter, await this.scopes.scopeOf(query));
  }

  /** Of the registrations as they are now: of the past they say nothing. */
  private withUnitWarning(detail: KpiDetail): KpiDetail {
    const { definition, warnings } = detail;
    const differs = unitDiffers(definition, measuredSeries(this.registry, definition.measure));
    return differs ? { ...detail, warnings: [...warnings, UNIT_WARNING] } : detail;
  }
}
