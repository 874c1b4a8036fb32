import type { PersonRole } from '#lib/domain';
import { READERS } from '../access/access.decorator.js';
import { ChoiceField, IdentifierField, InstantField } from '../fields/fields.js';

export class RegisterPersonBody {
  @IdentifierField({ description: 'A handle of the office, not a name: no personal data enters the log.' })
  personId!: string;

  @ChoiceField(READERS)
  role!: PersonRole;

  @IdentifierField({ optional: true })
  unitId?: string;
}

export class ChangePersonRoleBody {
  @ChoiceField(READERS)
  role!: PersonRole;

  @IdentifierField({ optional: true })
  unitId?: string;
}

export class IssuePersonTokenBody {
  @InstantField({ optional: true, description: 'When it stops being valid; absent: never.' })
  expiresAt?: string;
}
