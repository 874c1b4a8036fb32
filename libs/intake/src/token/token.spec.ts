import { describe, expect, it } from '@jest/globals';
import { IDENTIFIER_PATTERN } from '#lib/domain';
import { checkKeyShape, issueApiKey, issueToken, parseToken, PERSON_TOKEN_PREFIX, sha256Hex } from './token.js';

describe('tokens', () => {
  it('when issued, are recognised, name themselves and are known by their hash', () => {
    const { token, tokenId, sha256 } = issueToken(PERSON_TOKEN_PREFIX);
    expect(parseToken(token)).toEqual({ prefix: 'tsp', tokenId });
    expect(parseToken(token, 'tsp')).not.toBeNull();
    expect(parseToken(token, 'tsk')).toBeNull();
    expect(sha256).toBe(sha256Hex(token));
    expect(tokenId).toMatch(IDENTIFIER_PATTERN);
  });

  it('hold at least 128 random bits and never come twice', () => {
    const secrets = new Set(Array.from({ length: 1000 }, () => issueApiKey().key.split('_')[2]!));
    expect(secrets.size).toBe(1000);
    for (const secret of secrets) expect(secret.length * Math.log2(62)).toBeGreaterThanOrEqual(128);
  });

  it('use every letter of their alphabet about equally often', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 2000; i += 1) {
      for (const letter of issueApiKey().key.split('_')[2]!) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    const expected = (2000 * 24) / 62;
    expect(counts.size).toBe(62);
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected));
  });

  it('with any one character changed are refused by their checksum', () => {
    const { key } = issueApiKey();
    for (let at = 0; at < key.length; at += 1) {
      const changed = `${key.slice(0, at)}${key[at] === 'a' ? 'b' : 'a'}${key.slice(at + 1)}`;
      expect(checkKeyShape(changed)).toBe(false);
    }
    expect(checkKeyShape(key)).toBe(true);
    expect(checkKeyShape(`${key} `)).toBe(false);
    expect(checkKeyShape('')).toBe(false);
  });

  it('have a prefix of three letters', () => {
    expect(() => issueToken('Secret')).toThrow(RangeError);
  });
});
