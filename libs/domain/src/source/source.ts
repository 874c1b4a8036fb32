import { requireAddressee, type Subject } from '../checks/addressee.js';
import { plain, sameContent } from '../checks/content.js';
import { checkIdentifier, checkExpiry, checkLocalizedText, checkSha256 } from '../checks/fields.js';
import { Problems } from '../checks/problems.js';
import { type CommandOf } from '../command.js';
import { type Instant, type LocalizedText } from '../common.js';
import { assertNever, type Decider } from '../decider.js';
import { conflict, notFound } from '../errors.js';
import { VALID_KEYS_MAX } from '../limits.js';
import { type SourceEvent } from './source.events.js';

/** An API key of a source, known by its hash only. */
export interface SourceKey {
  readonly keyId: string;
  readonly keySha256: string;
  readonly expiresAt?: Instant;
  readonly revoked: boolean;
}

export type SourceCommand =
  | CommandOf<'RegisterSource', { readonly sourceId: string; readonly name: LocalizedText }>
  | CommandOf<
      'IssueSourceKey',
      {
        readonly sourceId: string;
        readonly keyId: string;
        readonly keySha256: string;
        readonly expiresAt?: Instant;
        readonly now: Instant;
      }
    >
  | CommandOf<'RevokeSourceKey', { readonly sourceId: string; readonly keyId: string }>
  | CommandOf<'RetireSource', { readonly sourceId: string }>;

export interface SourceState {
  readonly status: 'none' | 'registered' | 'retired';
  readonly sourceId?: string;
  readonly name?: LocalizedText;
  /** Revoked ones too: an id is never given twice. Of a retired source none is valid. */
  readonly keys: readonly SourceKey[];
}

type Command<Type extends SourceCommand['type']> = Extract<SourceCommand, { type: Type }>;

export const sourceStream = (sourceId: string): string => `source-${sourceId}`;
/** Where the observations of a source are recorded; no decider owns it, the intake appends to it. */
export const observationsStream = (sourceId: string): string => `observations-${sourceId}`;

const SUBJECT: Subject = { model: 'SOURCE', noun: 'source', remedy: 'register it first' };

function requireKnown(state: SourceState, sourceId: string): void {
  requireAddressee(SUBJECT, sourceId, state.sourceId);
}

function requireRegistered(state: SourceState, sourceId: string): void {
  requireKnown(state, sourceId);
  if (state.status === 'retired') {
    throw conflict('SOURCE.RETIRED', `The source ${sourceId} is retired; register another one.`);
  }
}

function register(command: Command<'RegisterSource'>, state: SourceState): readonly SourceEvent[] {
  const { sourceId, name } = command;
  const problems = new Problems();
  checkIdentifier(problems, 'sourceId', sourceId);
  checkLocalizedText(problems, 'name', name);
  problems.refuse('SOURCE.INVALID', 'The source');
  const source = plain({ sourceId, name });
  if (state.status === 'none') return [{ type: 'SourceRegistered', data: source }];
  requireRegistered(state, sourceId);
  if (sameContent(source, { sourceId: state.sourceId, name: state.name })) return [];
  throw conflict(
    'SOURCE.ALREADY_REGISTERED',
    `There is a source ${sourceId} already, with another name; choose another id.`,
  );
}

function issueKey(command: Command<'IssueSourceKey'>, state: SourceState): readonly SourceEvent[] {
  const { sourceId, keyId, keySha256, expiresAt, now } = command;
  const problems = new Problems();
  checkIdentifier(problems, 'keyId', keyId);
  checkSha256(problems, 'keySha256', keySha256);
  checkExpiry(problems, expiresAt, now);
  problems.refuse('SOURCE.KEY_INVALID', 'The key');
  requireRegistered(state, sourceId);
  const known = state.keys.find((key) => key.keyId === keyId);
  if (known && sameContent(known, { keyId, keySha256, expiresAt, revoked: false })) return [];
  if (known) throw conflict('SOURCE.KEY_ID_TAKEN', `The key id ${keyId} was given before; choose another one.`);
  // Instants in the one fixed form order as texts do.
  const valid = state.keys.filter((key) => !key.revoked && (key.expiresAt === undefined || key.expiresAt > now));
  if (valid.length >= VALID_KEYS_MAX) {
    throw conflict('SOURCE.TOO_MANY_KEYS', `${sourceId} has ${VALID_KEYS_MAX} valid keys; revoke one first.`);
  }
  return [{ type: 'SourceKeyIssued', data: plain({ sourceId, keyId, keySha256, expiresAt }) }];
}

function revokeKey(command: Command<'RevokeSourceKey'>, state: SourceState): readonly SourceEvent[] {
  const { sourceId, keyId } = command;
  requireKnown(state, sourceId);
  const problems = new Problems();
  checkIdentifier(problems, 'keyId', keyId);
  problems.refuse('SOURCE.KEY_INVALID', 'The revocation');
  const known = state.keys.find((key) => key.keyId === keyId);
  if (!known) throw notFound('SOURCE.KEY_UNKNOWN', `The source ${sourceId} never had a key ${keyId}.`);
  return known.revoked ? [] : [{ type: 'SourceKeyRevoked', data: { sourceId, keyId } }];
}

function retire(command: Command<'RetireSource'>, state: SourceState): readonly SourceEvent[] {
  requireKnown(state, command.sourceId);
  return state.status === 'retired' ? [] : [{ type: 'SourceRetired', data: { sourceId: command.sourceId } }];
}

function decide(command: SourceCommand, state: SourceState): readonly SourceEvent[] {
  switch (command.type) {
    case 'RegisterSource':
      return register(command, state);
    case 'IssueSourceKey':
      return issueKey(command, state);
    case 'RevokeSourceKey':
      return revokeKey(command, state);
    case 'RetireSource':
      return retire(command, state);
    default:
      return assertNever(command);
  }
}

function evolve(state: SourceState, event: SourceEvent): SourceState {
  switch (event.type) {
    case 'SourceRegistered':
      return { status: 'registered', ...event.data, keys: [] };
    case 'SourceKeyIssued': {
      const { sourceId: _sourceId, ...key } = event.data;
      return { ...state, keys: [...state.keys, { ...key, revoked: false }] };
    }
    case 'SourceKeyRevoked': {
      const { keyId } = event.data;
      return { ...state, keys: state.keys.map((key) => (key.keyId === keyId ? { ...key, revoked: true } : key)) };
    }
    case 'SourceRetired':
      return { ...state, status: 'retired' };
    default:
      return assertNever(event);
  }
}

/** A machine or organisation that sends observations, and the keys by which it is known. */
export const sourceDecider: Decider<SourceCommand, SourceState, SourceEvent> = {
  initialState: { status: 'none', keys: [] },
  decide,
  evolve,
};
