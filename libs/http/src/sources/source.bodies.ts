import { CONTACT_LENGTH_MAX } from '#lib/domain';
import { IdentifierField, InstantField, NestedField, TextField } from '../fields/fields.js';
import { LocalizedNameBody } from '../fields/localized-text.js';

export class RegisterSourceBody {
  @IdentifierField()
  sourceId!: string;

  @NestedField(() => LocalizedNameBody)
  name!: LocalizedNameBody;

  @TextField({
    optional: true,
    max: CONTACT_LENGTH_MAX,
    description: 'An office or a mailbox of an office, not a person.',
  })
  contact?: string;
}

export class IssueKeyBody {
  @InstantField({ optional: true, description: 'When it stops being valid; absent: never.' })
  expiresAt?: string;
}
