import { timingSafeEqual } from 'node:crypto';
import { issueToken, parseToken, sha256Hex } from '#lib/intake';

/** Prefix of the bootstrap token. */
const BOOTSTRAP_TOKEN_PREFIX = 'tsb';

/**
 * The one-time token that makes the first administrator. It is made at start when nobody could administer, printed once
 * by `main`, kept in memory only as its hash, and used up by the first exchange that succeeds. A restart before that
 * prints a new one; so does a restart after the last admin token expired, for whoever controls the server.
 */
export class BootstrapToken {
  private sha256: string | null = null;
  private exchanging = false;

  /** Makes the token; the caller prints it and forgets it. */
  prepare(): string {
    const { token, sha256 } = issueToken(BOOTSTRAP_TOKEN_PREFIX);
    this.sha256 = sha256;
    return token;
  }

  get isOpen(): boolean {
    return this.sha256 !== null;
  }

  matches(token: string): boolean {
    if (this.sha256 === null || parseToken(token, BOOTSTRAP_TOKEN_PREFIX) === null) return false;
    return timingSafeEqual(Buffer.from(sha256Hex(token), 'hex'), Buffer.from(this.sha256, 'hex'));
  }

  /**
   * Runs the exchange if no other is running; the token is gone when it succeeds and stays valid when it fails, so that
   * a mistyped id does not lock everybody out.
   * @returns null when another exchange is running or has succeeded
   */
  async exchangeOnce<Result>(exchange: () => Promise<Result>): Promise<Result | null> {
    if (this.exchanging || this.sha256 === null) return null;
    this.exchanging = true;
    try {
      const result = await exchange();
      this.sha256 = null;
      return result;
    } finally {
      this.exchanging = false;
    }
  }
}
