import { IdentifierField, NestedField } from '../fields/fields.js';
import { LocalizedNameBody } from '../fields/localized-text.js';

export class RegisterUnitBody {
  @IdentifierField()
  unitId!: string;

  @NestedField(() => LocalizedNameBody)
  name!: LocalizedNameBody;

  @IdentifierField({ optional: true, description: 'The unit above it; it must be registered.' })
  parentUnitId?: string;
}

export class RenameUnitBody {
  @NestedField(() => LocalizedNameBody)
  name!: LocalizedNameBody;
}
