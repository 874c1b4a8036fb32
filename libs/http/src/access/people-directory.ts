import type { PersonEvent, PersonRole } from '#lib/domain';
import type { StoredEvent } from '#lib/event-store';
import { parseToken, PERSON_TOKEN_PREFIX, sha256Hex } from '#lib/intake';
import type { Caller } from './caller.js';

export interface KnownPerson {
  readonly personId: string;
  readonly role: PersonRole;
  readonly unitId: string | null;
  readonly active: boolean;
}

/** A person as lists show it: nothing in it can be used to sign in. */
export interface ListedPerson extends KnownPerson {
  /** In the order in which they were issued; of a deactivated person none is valid any more. */
  readonly tokens: readonly ListedToken[];
}

export interface ListedToken {
  readonly tokenId: string;
  readonly expiresAt: string | null;
  readonly revoked: boolean;
}

interface KnownToken {
  readonly personId: string;
  readonly tokenId: string;
  readonly expiresAt_ms: number;
}

/** Where a valid token leads: the person, and the token by which a browser session lives and dies. */
export interface SignIn {
  readonly person: KnownPerson;
  readonly tokenSha256: string;
}

/**
 * Who may act, folded in memory from the person events: a role change, a revoked token or a deactivated person is refused
 * with the next request. A token is looked up by its hash; the log holds nothing that could be used to sign in.
 */
export class PeopleDirectory {
  static readonly eventTypes = [
    'PersonRegistered',
    'PersonRoleChanged',
    'PersonTokenIssued',
    'PersonTokenRevoked',
    'PersonDeactivated',
  ] as const satisfies readonly PersonEvent['type'][];

  private readonly people = new Map<string, KnownPerson>();
  private readonly tokens = new Map<string, KnownToken>();
  /** Revoked ones too, by person and token id: what an administrator looks through. */
  private readonly issued = new Map<string, Map<string, ListedToken>>();

  /** Folds one event; types it does not know are passed over. Events come in log order, each once. */
  readonly apply = (stored: Pick<StoredEvent, 'type' | 'data'>): void => {
    if (!(PeopleDirectory.eventTypes as readonly string[]).includes(stored.type)) return;
    this.evolve({ type: stored.type, data: JSON.parse(stored.data) } as PersonEvent);
  };

  /** The sign-in of a token, or null when it is malformed, unknown, revoked, expired or its person deactivated. */
  signIn(token: string, now_ms: number): SignIn | null {
    if (parseToken(token, PERSON_TOKEN_PREFIX) === null) return null;
    return this.signInByHash(sha256Hex(token), now_ms);
  }

  /** The same by the token's hash, for sessions that were opened with it. */
  signInByHash(tokenSha256: string, now_ms: number): SignIn | null {
    const token = this.tokens.get(tokenSha256);
    if (token === undefined || token.expiresAt_ms <= now_ms) return null;
    const person = this.people.get(token.personId);
    return person?.active === true ? { person, tokenSha256 } : null;
  }

  find(personId: string): KnownPerson | null {
    return this.people.get(personId) ?? null;
  }

  /** Everybody, deactivated people too, in the order of registration. */
  list(): readonly ListedPerson[] {
    return [...this.people.values()].map((person) => ({
      ...person,
      tokens: [...(this.issued.get(person.personId)?.values() ?? [])],
    }));
  }

  /** Whether somebody could administer now: an active admin with a token that has not expired. */
  hasUsableAdmin(now_ms: number): boolean {
    for (const token of this.tokens.values()) {
      const person = this.people.get(token.personId);
      if (person?.active === true && person.role === 'admin' && token.expiresAt_ms > now_ms) return true;
    }
    return false;
  }

  private evolve(event: PersonEvent): void {
    switch (event.type) {
      case 'PersonRegistered':
      case 'PersonRoleChanged': {
        const { personId, role, unitId } = event.data;
        const active = this.people.get(personId)?.active ?? true;
        this.people.set(personId, { personId, role, unitId: unitId ?? null, active });
        return;
      }
      case 'PersonTokenIssued': {
        const { personId, tokenId, tokenSha256, expiresAt } = event.data;
        const expiresAt_ms = expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt);
        this.tokens.set(tokenSha256, { personId, tokenId, expiresAt_ms });
        this.note(personId, { tokenId, expiresAt: expiresAt ?? null, revoked: false });
        return;
      }
      case 'PersonTokenRevoked':
        this.noteRevoked(event.data.personId, event.data.tokenId);
        this.dropTokens((token) => token.personId === event.data.personId && token.tokenId === event.data.tokenId);
        return;
      case 'PersonDeactivated': {
        const person = this.people.get(event.data.personId);
        if (person !== undefined) this.people.set(person.personId, { ...person, active: false });
        this.dropTokens((token) => token.personId === event.data.personId);
        return;
      }
    }
  }

  private note(personId: string, token: ListedToken): void {
    const ofPerson = this.issued.get(personId) ?? new Map<string, ListedToken>();
    this.issued.set(personId, ofPerson.set(token.tokenId, token));
  }

  private noteRevoked(personId: string, tokenId: string): void {
    const token = this.issued.get(personId)?.get(tokenId);
    if (token !== undefined) this.note(personId, { ...token, revoked: true });
  }

  private dropTokens(isDropped: (token: KnownToken) => boolean): void {
    for (const [sha256, token] of this.tokens) if (isDropped(token)) this.tokens.delete(sha256);
  }
}

export const callerOfSignIn = ({ person }: SignIn, via: 'bearer' | 'cookie'): Caller => ({
  kind: 'person',
  id: person.personId,
  role: person.role,
  unitId: person.unitId,
  via,
});
