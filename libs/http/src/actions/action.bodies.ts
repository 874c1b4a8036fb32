import type { EffectCheck } from '#lib/domain';
import { ChoiceField, DateField, IdentifierField, NestedField, NumberField, TextField } from '../fields/fields.js';
import { LocalizedNameBody } from '../fields/localized-text.js';

export class ExpectedEffectBody {
  @NumberField({ description: 'Value that the KPI should have then.' })
  value!: number;

  @DateField()
  date!: string;
}

export class PlanActionBody {
  @IdentifierField()
  actionId!: string;

  @IdentifierField({ description: 'The KPI it should move.' })
  kpiId!: string;

  @IdentifierField({ optional: true, description: "The KPI's unit; absent: taken from the KPI." })
  unitId?: string;

  @IdentifierField({ optional: true })
  goalId?: string;

  @IdentifierField({ optional: true })
  reviewId?: string;

  @IdentifierField({ optional: true })
  findingId?: string;

  @NestedField(() => LocalizedNameBody)
  title!: LocalizedNameBody;

  @IdentifierField()
  ownerId!: string;

  @DateField()
  dueDate!: string;

  @NestedField(() => ExpectedEffectBody)
  expectedEffect!: ExpectedEffectBody;
}

export class ReportProgressBody {
  @NumberField({ min: 0, max: 100 })
  percent!: number;

  @TextField()
  note!: string;
}

export class CompleteActionBody {
  @TextField()
  note!: string;
}

export class CheckActionEffectBody {
  @TextField({ max: 16, description: 'The period whose value tells, for example 2026-Q4.' })
  period!: string;

  @ChoiceField(['yes', 'partly', 'no', 'unknown'], {
    optional: true,
    description: 'Whether it worked; absent: judged from the data.',
  })
  worked?: EffectCheck['worked'];

  @TextField()
  note!: string;
}
