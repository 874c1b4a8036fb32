import type { PersonRole } from '#lib/domain';
import { READERS } from '../access/access.decorator.js';
import { ChoiceField, IdentifierField, InstantField } from '../fields/fields.js';

const UNIT_WORDS =
  'The unit that the person works for. A kpi-owner or evaluator with a unit decides for the KPIs, goals, target changes, ' +
  'reviews and actions of that unit only (else 403 `OTHER_UNIT`; the units below it are other units); without one, for the ' +
  'whole organisation. An admin always decides for the whole organisation; the other roles do not depend on it.';

export class RegisterPersonBody {
  @IdentifierField({ description: 'A handle of the office, not a name: no personal data enters the log.' })
  personId!: string;

  @ChoiceField(READERS)
  role!: PersonRole;

  @IdentifierField({ optional: true, description: UNIT_WORDS })
  unitId?: string;
}

export class ChangePersonRoleBody {
  @ChoiceField(READERS)
  role!: PersonRole;

  @IdentifierField({ optional: true, description: UNIT_WORDS })
  unitId?: string;
}

export class IssuePersonTokenBody {
  @InstantField({ optional: true, description: 'When it stops being valid; absent: never.' })
  expiresAt?: string;
}
