import { IdentifierField, InstantField, NestedField } from '../fields/fields.js';
import { LocalizedNameBody } from '../fields/localized-text.js';

export class RegisterSourceBody {
  @IdentifierField()
  sourceId!: string;

  @NestedField(() => LocalizedNameBody)
  name!: LocalizedNameBody;
}

export class IssueKeyBody {
  @InstantField({ optional: true, description: 'When it stops being valid; absent: never.' })
  expiresAt?: string;
}
