import { requireAddressee, type Subject } from '../checks/addressee.js';
import { plain, sameContent } from '../checks/content.js';
import { checkIdentifier, checkExpiry, checkOneOf, checkSha256 } from '../checks/fields.js';
import { Problems } from '../checks/problems.js';
import { type CommandOf } from '../command.js';
import { type Instant, type PersonRole, ROLES } from '../common.js';
import { assertNever, type Decider } from '../decider.js';
import { conflict, forbidden, notFound } from '../errors.js';
import { VALID_KEYS_MAX } from '../limits.js';
import { type PersonEvent } from './person.events.js';

/** A token of a person, known by its hash only. */
export interface PersonToken {
  readonly tokenId: string;
  readonly tokenSha256: string;
  readonly expiresAt?: Instant;
  readonly revoked: boolean;
}

export type PersonCommand =
  | CommandOf<'RegisterPerson', { readonly personId: string; readonly role: PersonRole; readonly unitId?: string }>
  /** `unitId` absent: the person belongs to no unit any more. */
  | CommandOf<'ChangePersonRole', { readonly personId: string; readonly role: PersonRole; readonly unitId?: string }>
  | CommandOf<
      'IssuePersonToken',
      {
        readonly personId: string;
        readonly tokenId: string;
        readonly tokenSha256: string;
        readonly expiresAt?: Instant;
        readonly now: Instant;
      }
    >
  | CommandOf<'RevokePersonToken', { readonly personId: string; readonly tokenId: string }>
  | CommandOf<'DeactivatePerson', { readonly personId: string }>;

export interface PersonState {
  readonly status: 'none' | 'active' | 'deactivated';
  readonly personId?: string;
  readonly role?: PersonRole;
  readonly unitId?: string;
  /** Revoked ones too: an id is never given twice. Of a deactivated person none is valid. */
  readonly tokens: readonly PersonToken[];
}

type Command<Type extends PersonCommand['type']> = Extract<PersonCommand, { type: Type }>;

const PERSON_ROLES: readonly string[] = ROLES.filter((role) => role !== 'public' && role !== 'source');

export const personStream = (personId: string): string => `person-${personId}`;

function checkPerson(command: Command<'RegisterPerson' | 'ChangePersonRole'>): void {
  const problems = new Problems();
  checkIdentifier(problems, 'personId', command.personId);
  checkOneOf(problems, 'role', command.role, PERSON_ROLES);
  if (command.unitId !== undefined) checkIdentifier(problems, 'unitId', command.unitId);
  problems.refuse('PERSON.INVALID', 'The person');
}

const SUBJECT: Subject = { model: 'PERSON', noun: 'person', remedy: 'register one first' };

function requireKnown(state: PersonState, personId: string): void {
  requireAddressee(SUBJECT, personId, state.personId);
}

function requireActive(state: PersonState, personId: string): void {
  requireKnown(state, personId);
  if (state.status === 'deactivated') {
    throw conflict('PERSON.DEACTIVATED', `The person ${personId} is deactivated; register a new id instead.`);
  }
}

/** Only another person may take rights away from someone, so the last administrator cannot lock everybody out. */
function refuseSelf(command: Command<'ChangePersonRole' | 'DeactivatePerson'>): void {
  if (command.actor.kind !== 'person' || command.actor.id !== command.personId) return;
  throw forbidden('PERSON.OWN_ROLE', 'Nobody changes the own role or deactivates oneself; ask another administrator.');
}

function register(command: Command<'RegisterPerson'>, state: PersonState): readonly PersonEvent[] {
  checkPerson(command);
  const { personId, role, unitId } = command;
  const person = plain({ personId, role, unitId });
  if (state.status === 'none') return [{ type: 'PersonRegistered', data: person }];
  requireActive(state, personId);
  if (sameContent(person, { personId: state.personId, role: state.role, unitId: state.unitId })) return [];
  throw conflict(
    'PERSON.ALREADY_REGISTERED',
    `There is a person ${personId} already, with another role or unit; change the role or choose another id.`,
  );
}

function changeRole(command: Command<'ChangePersonRole'>, state: PersonState): readonly PersonEvent[] {
  checkPerson(command);
  const { personId, role, unitId } = command;
  requireActive(state, personId);
  if (state.role === role && state.unitId === unitId) return [];
  refuseSelf(command);
  return [{ type: 'PersonRoleChanged', data: plain({ personId, role, unitId }) }];
}

function issueToken(command: Command<'IssuePersonToken'>, state: PersonState): readonly PersonEvent[] {
  const { personId, tokenId, tokenSha256, expiresAt, now } = command;
  const problems = new Problems();
  checkIdentifier(problems, 'tokenId', tokenId);
  checkSha256(problems, 'tokenSha256', tokenSha256);
  checkExpiry(problems, expiresAt, now);
  problems.refuse('PERSON.TOKEN_INVALID', 'The token');
  requireActive(state, personId);
  const known = state.tokens.find((token) => token.tokenId === tokenId);
  if (known && sameContent(known, { tokenId, tokenSha256, expiresAt, revoked: false })) return [];
  if (known) throw conflict('PERSON.TOKEN_ID_TAKEN', `The token id ${tokenId} was given before; choose another one.`);
  // Instants in the one fixed form order as texts do.
  const valid = state.tokens.filter(
    (token) => !token.revoked && (token.expiresAt === undefined || token.expiresAt > now),
  );
  if (valid.length >= VALID_KEYS_MAX) {
    throw conflict('PERSON.TOO_MANY_TOKENS', `${personId} has ${VALID_KEYS_MAX} valid tokens; revoke one first.`);
  }
  return [{ type: 'PersonTokenIssued', data: plain({ personId, tokenId, tokenSha256, expiresAt }) }];
}

function revokeToken(command: Command<'RevokePersonToken'>, state: PersonState): readonly PersonEvent[] {
  const { personId, tokenId } = command;
  requireKnown(state, personId);
  const problems = new Problems();
  checkIdentifier(problems, 'tokenId', tokenId);
  problems.refuse('PERSON.TOKEN_INVALID', 'The revocation');
  const known = state.tokens.find((token) => token.tokenId === tokenId);
  if (!known) throw notFound('PERSON.TOKEN_UNKNOWN', `The person ${personId} never had a token ${tokenId}.`);
  return known.revoked ? [] : [{ type: 'PersonTokenRevoked', data: { personId, tokenId } }];
}

function deactivate(command: Command<'DeactivatePerson'>, state: PersonState): readonly PersonEvent[] {
  requireKnown(state, command.personId);
  if (state.status === 'deactivated') return [];
  refuseSelf(command);
  return [{ type: 'PersonDeactivated', data: { personId: command.personId } }];
}

function decide(command: PersonCommand, state: PersonState): readonly PersonEvent[] {
  switch (command.type) {
    case 'RegisterPerson':
      return register(command, state);
    case 'ChangePersonRole':
      return changeRole(command, state);
    case 'IssuePersonToken':
      return issueToken(command, state);
    case 'RevokePersonToken':
      return revokeToken(command, state);
    case 'DeactivatePerson':
      return deactivate(command, state);
    default:
      return assertNever(command);
  }
}

function evolve(state: PersonState, event: PersonEvent): PersonState {
  switch (event.type) {
    case 'PersonRegistered':
      return { status: 'active', ...event.data, tokens: [] };
    case 'PersonRoleChanged':
      // Built anew, not spread over the old state: a missing unit means "no unit".
      return { status: state.status, ...event.data, tokens: state.tokens };
    case 'PersonTokenIssued': {
      const { personId: _personId, ...token } = event.data;
      return { ...state, tokens: [...state.tokens, { ...token, revoked: false }] };
    }
    case 'PersonTokenRevoked': {
      const { tokenId } = event.data;
      const tokens = state.tokens.map((token) => (token.tokenId === tokenId ? { ...token, revoked: true } : token));
      return { ...state, tokens };
    }
    case 'PersonDeactivated':
      return { ...state, status: 'deactivated' };
    default:
      return assertNever(event);
  }
}

/** Who may act, in which role, with which tokens. A deactivated person stays so. */
export const personDecider: Decider<PersonCommand, PersonState, PersonEvent> = {
  initialState: { status: 'none', tokens: [] },
  decide,
  evolve,
};
