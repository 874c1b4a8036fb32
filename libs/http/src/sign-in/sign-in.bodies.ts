import { IdentifierField, TextField } from '../fields/fields.js';

/** Longest token that is looked at at all, in characters. */
const TOKEN_LENGTH_MAX = 256;

export class BootstrapBody {
  @TextField({ max: TOKEN_LENGTH_MAX, description: 'The one-time token that the server printed when it started.' })
  token!: string;

  @IdentifierField({ description: 'Handle of the first administrator.' })
  personId!: string;
}

export class OpenSessionBody {
  @TextField({ max: TOKEN_LENGTH_MAX, description: "A person's token." })
  token!: string;
}
