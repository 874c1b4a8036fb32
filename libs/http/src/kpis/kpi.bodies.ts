import {
  KPI_DECIMALS_MAX,
  KPI_STALE_AFTER_MAX_days,
  UNIT_OF_MEASURE_LENGTH_MAX,
  type KpiDefinition,
  type Measure,
  type TrajectoryShape,
} from '#lib/domain';
import {
  ChoiceField,
  DateField,
  IdentifierField,
  NestedField,
  NumberField,
  OneOfField,
  TextField,
} from '../fields/fields.js';
import { LocalizedNameBody, LocalizedTextBody } from '../fields/localized-text.js';
import { MEASURE_BODIES, UnknownMeasureBody } from './measure.bodies.js';

/** The whole definition of a KPI, also when it is redefined. */
export class KpiContentBody {
  @IdentifierField()
  unitId!: string;

  @IdentifierField({ optional: true })
  goalId?: string;

  @NestedField(() => LocalizedNameBody)
  name!: LocalizedNameBody;

  @NestedField(() => LocalizedTextBody, { optional: true })
  description?: LocalizedTextBody;

  @IdentifierField({ description: 'The person who answers for it.' })
  ownerId!: string;

  @ChoiceField(['up', 'down', 'range'])
  direction!: KpiDefinition['direction'];

  @OneOfField(MEASURE_BODIES, 'kind', UnknownMeasureBody)
  measure!: Measure;

  @ChoiceField(['month', 'quarter', 'year', 'fiscal-year'])
  period!: KpiDefinition['period'];

  @TextField({ max: UNIT_OF_MEASURE_LENGTH_MAX })
  unitOfMeasure!: string;

  @NumberField({ integer: true, min: 0, max: KPI_DECIMALS_MAX })
  decimals!: number;

  @ChoiceField(['short', 'long'])
  horizon!: KpiDefinition['horizon'];

  @NumberField({ min: 0, max: 100, description: "Share of the unit's score in per cent." })
  weight!: number;

  @NestedField(() => LocalizedTextBody, { optional: true })
  dataSource?: LocalizedTextBody;

  @NestedField(() => LocalizedTextBody, { optional: true })
  limitations?: LocalizedTextBody;

  @NumberField({ optional: true, integer: true, min: 1, max: KPI_STALE_AFTER_MAX_days })
  staleAfter_days?: number;

  @ChoiceField(['linear', 'geometric'])
  trajectory!: TrajectoryShape;
}

export class DefineKpiBody extends KpiContentBody {
  @IdentifierField()
  kpiId!: string;
}

export class RedefineKpiBody extends KpiContentBody {
  @TextField()
  reason!: string;
}

export class BaselineBody {
  @NumberField()
  value!: number;

  @DateField()
  date!: string;
}

export class SetKpiBaselineBody {
  @NestedField(() => BaselineBody)
  baseline!: BaselineBody;
}

export class TargetRangeBody {
  @NumberField()
  low!: number;

  @NumberField()
  high!: number;

  @NumberField({ min: 0 })
  tolerance!: number;
}

export class TargetBody {
  @NumberField({ optional: true, description: 'For the directions up and down.' })
  value?: number;

  @NestedField(() => TargetRangeBody, { optional: true, description: 'For the direction range.' })
  range?: TargetRangeBody;

  @DateField({ description: 'Day by which it is to be reached.' })
  date!: string;
}

export class SetKpiTargetBody {
  @NestedField(() => TargetBody)
  target!: TargetBody;

  @DateField()
  effectiveFrom!: string;
}

export class ProposeTargetChangeBody extends SetKpiTargetBody {
  @IdentifierField()
  changeId!: string;

  @TextField()
  reason!: string;
}

export class ReasonBody {
  @TextField()
  reason!: string;
}

/** Only what is to change. */
export class KpiMethodBody {
  @OneOfField(MEASURE_BODIES, 'kind', UnknownMeasureBody, { optional: true })
  measure?: Measure;

  @NumberField({ optional: true, min: 0, max: 100, description: "Share of the unit's score in per cent." })
  weight?: number;

  @ChoiceField(['short', 'long'], { optional: true })
  horizon?: KpiDefinition['horizon'];

  @ChoiceField(['month', 'quarter', 'year', 'fiscal-year'], { optional: true })
  period?: KpiDefinition['period'];

  @ChoiceField(['linear', 'geometric'], { optional: true })
  trajectory?: TrajectoryShape;
}

export class ProposeMethodChangeBody {
  @IdentifierField()
  changeId!: string;

  @NestedField(() => KpiMethodBody, { description: 'Name only what is to change.' })
  method!: KpiMethodBody;

  @DateField({ description: 'Day from which it is to count; the change can be approved from that day on.' })
  effectiveFrom!: string;

  @TextField()
  reason!: string;
}
