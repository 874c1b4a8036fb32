import { SESSION_DURATION_ms } from './sessions.js';

/**
 * The session cookie: unreadable for scripts, never sent from other sites, and over TLS bound to this host by `__Host-`.
 * Written and read by hand, because one cookie with a fixed alphabet needs no plugin on every request.
 */
export class SessionCookie {
  readonly name: string;
  private readonly attributes: string;

  /** @param secure whether the pages are served over TLS (by a proxy in front): then the cookie demands it */
  constructor(secure: boolean) {
    this.name = secure ? '__Host-tallystick' : 'tallystick';
    this.attributes = `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  }

  /** Value for `Set-Cookie` that signs the browser in. */
  set(secret: string): string {
    return `${this.name}=${secret}; ${this.attributes}; Max-Age=${SESSION_DURATION_ms / 1000}`;
  }

  /** Value for `Set-Cookie` that signs the browser out. */
  clear(): string {
    return `${this.name}=; ${this.attributes}; Max-Age=0`;
  }

  /** The cookie's value in a `Cookie` header, or null. */
  read(header: string | undefined): string | null {
    if (header === undefined) return null;
    for (const pair of header.split(';')) {
      const separator = pair.indexOf('=');
      if (separator > 0 && pair.slice(0, separator).trim() === this.name) return pair.slice(separator + 1).trim();
    }
    return null;
  }
}
