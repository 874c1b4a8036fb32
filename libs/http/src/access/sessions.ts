import { issueToken, parseToken, sha256Hex } from '#lib/intake';

/** Prefix of the secret in a session cookie. */
const SESSION_PREFIX = 'tss';

/** How long a browser stays signed in, at most. */
export const SESSION_DURATION_ms = 12 * 60 * 60 * 1000;
/** Browser sessions at once; beyond that the oldest is signed out. */
export const SESSIONS_MAX = 10_000;

interface Session {
  readonly tokenSha256: string;
  readonly endsAt_ms: number;
}

/**
 * Browser sessions, in memory only: a restart signs browsers out, and nothing in the log or on disk can sign anybody in.
 * (Rejected: the token itself as the cookie, because signing out would then end nothing; a signature with a key kept
 * beside the log, because who reads the disk could then make sessions.) A session lives no longer than its token.
 */
export class Sessions {
  private readonly sessions = new Map<string, Session>();

  /** Opens a session for a token that was just verified; returns the cookie's value. */
  open(tokenSha256: string, now_ms: number): string {
    const { token: secret, sha256 } = issueToken(SESSION_PREFIX);
    this.sessions.set(sha256, { tokenSha256, endsAt_ms: now_ms + SESSION_DURATION_ms });
    if (this.sessions.size > SESSIONS_MAX) this.closeOldest();
    return secret;
  }

  /** Hash of the token with which the session was opened, or null when there is no such session any more. */
  tokenSha256Of(secret: string, now_ms: number): string | null {
    if (parseToken(secret, SESSION_PREFIX) === null) return null;
    const session = this.sessions.get(sha256Hex(secret));
    return session !== undefined && session.endsAt_ms > now_ms ? session.tokenSha256 : null;
  }

  close(secret: string): void {
    this.sessions.delete(sha256Hex(secret));
  }

  private closeOldest(): void {
    const oldest = this.sessions.keys().next();
    if (!oldest.done) this.sessions.delete(oldest.value);
  }
}
