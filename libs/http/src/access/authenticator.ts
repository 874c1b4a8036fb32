import type { IncomingHttpHeaders } from 'node:http';
import { SOURCE_KEY_PREFIX, type SourceRegistry, type AuthenticatedSource } from '#lib/intake';
import { PUBLIC_CALLER, type Caller } from './caller.js';
import { callerOfSignIn, type PeopleDirectory } from './people-directory.js';
import type { SessionCookie } from './session-cookie.js';
import type { Sessions } from './sessions.js';

/** Longest credential that is looked at at all, in characters. */
const CREDENTIAL_LENGTH_MAX = 512;
const BEARER = /^bearer /i;

/** A caller, with the source behind a key so that the door need not ask again. */
export interface Authenticated {
  readonly caller: Caller;
  readonly source?: AuthenticatedSource;
}

const PUBLIC: Authenticated = { caller: PUBLIC_CALLER };

/**
 * Says who sent a request: by a source's key or a person's token in `Authorization: Bearer`, else by the session cookie.
 * Synchronous and from memory, because every request passes here.
 */
export class Authenticator {
  constructor(
    private readonly registry: SourceRegistry,
    private readonly people: PeopleDirectory,
    private readonly sessions: Sessions,
    private readonly cookie: SessionCookie,
    private readonly now_ms: () => number,
  ) {}

  /** Null when a credential was sent and is not valid; a request without any is the public's. */
  authenticate(headers: IncomingHttpHeaders): Authenticated | null {
    const { authorization } = headers;
    if (authorization !== undefined) return this.byBearer(authorization);
    const session = this.cookie.read(headers.cookie);
    // A cookie that means nothing any more is not an attempt at anything: browsers keep sending it.
    return session === null ? PUBLIC : (this.bySession(session) ?? PUBLIC);
  }

  private byBearer(authorization: string): Authenticated | null {
    if (authorization.length > CREDENTIAL_LENGTH_MAX || !BEARER.test(authorization)) return null;
    const credential = authorization.slice('bearer '.length).trim();
    if (credential.startsWith(SOURCE_KEY_PREFIX)) return this.byKey(credential);
    const signIn = this.people.signIn(credential, this.now_ms());
    return signIn === null ? null : { caller: callerOfSignIn(signIn, 'bearer') };
  }

  private byKey(key: string): Authenticated | null {
    const check = this.registry.checkKey(key);
    if (check.outcome === 'refused') return null;
    const { source } = check;
    return { caller: { kind: 'source', id: source.sourceId, role: 'source', unitId: null, via: 'bearer' }, source };
  }

  private bySession(secret: string): Authenticated | null {
    const tokenSha256 = this.sessions.tokenSha256Of(secret, this.now_ms());
    const signIn = tokenSha256 === null ? null : this.people.signInByHash(tokenSha256, this.now_ms());
    return signIn === null ? null : { caller: callerOfSignIn(signIn, 'cookie') };
  }
}
