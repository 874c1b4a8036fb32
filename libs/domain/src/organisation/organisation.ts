import { isTimeZone } from '../checks/dates.js';
import { checkLocalizedText, checkNumber } from '../checks/fields.js';
import { plain, sameContent } from '../checks/content.js';
import { Problems } from '../checks/problems.js';
import { type CommandOf } from '../command.js';
import { type Decider } from '../decider.js';
import { conflict } from '../errors.js';
import { type OrganisationEvent } from './organisation.events.js';

type Organisation = OrganisationEvent['data'];

export type OrganisationCommand = CommandOf<'EstablishOrganisation', Organisation>;

export interface OrganisationState {
  readonly status: 'none' | 'established';
  readonly organisation?: Organisation;
}

/** The organisation's stream; a log has one organisation. */
export const organisationStream = (): string => 'organisation';

function decide(command: OrganisationCommand, state: OrganisationState): readonly OrganisationEvent[] {
  const { name, timeZone, fiscalYearStartMonth } = command;
  const organisation: Organisation = plain({ name, timeZone, fiscalYearStartMonth });
  const problems = new Problems();
  checkLocalizedText(problems, 'name', name);
  if (!isTimeZone(timeZone)) problems.add('timeZone', 'is not an IANA time zone such as Asia/Shanghai');
  checkNumber(problems, 'fiscalYearStartMonth', fiscalYearStartMonth, { min: 1, max: 12, integer: true });
  problems.refuse('ORGANISATION.INVALID', 'The organisation');
  if (state.status === 'none') return [{ type: 'OrganisationEstablished', data: organisation }];
  if (sameContent(state.organisation, organisation)) return [];
  throw conflict(
    'ORGANISATION.ALREADY_ESTABLISHED',
    'This log belongs to an organisation already, and its calendar cannot change; start another log for another one.',
  );
}

/** Whose log it is: decided once, because every period follows its calendar. */
export const organisationDecider: Decider<OrganisationCommand, OrganisationState, OrganisationEvent> = {
  initialState: { status: 'none' },
  decide,
  evolve: (_state, event) => ({ status: 'established', organisation: event.data }),
};
