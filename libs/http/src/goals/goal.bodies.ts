import { ChoiceField, DateField, IdentifierField, NestedField, TextField } from '../fields/fields.js';
import { LocalizedNameBody, LocalizedTextBody } from '../fields/localized-text.js';

/** What a goal says; the whole of it, also when it is revised. */
export class GoalContentBody {
  @IdentifierField()
  unitId!: string;

  @NestedField(() => LocalizedNameBody)
  name!: LocalizedNameBody;

  @NestedField(() => LocalizedTextBody, { optional: true })
  description?: LocalizedTextBody;

  @IdentifierField({ optional: true })
  parentGoalId?: string;

  @DateField({ optional: true })
  dueDate?: string;
}

export class SetGoalBody extends GoalContentBody {
  @IdentifierField()
  goalId!: string;
}

export class ReviseGoalBody extends GoalContentBody {
  @TextField({ description: 'Why it is revised; kept in the audit trail.' })
  reason!: string;
}

export class CloseGoalBody {
  @ChoiceField(['reached', 'missed', 'dropped'])
  outcome!: 'reached' | 'missed' | 'dropped';

  @TextField()
  reason!: string;
}
