import { describe, expect, it } from '@jest/globals';
import { anna, NOW, SHA256 } from '../testing/examples.js';
import { decided, refused, scenario } from '../testing/given-when-then.js';
import { observationsStream, type SourceCommand, sourceDecider, sourceStream } from './source.js';

const { given, after } = scenario(sourceDecider);
const sourceId = 'air-network';
const register: SourceCommand = { type: 'RegisterSource', actor: anna, sourceId, name: { en: 'Air network' } };
const issue = (keyId: string): SourceCommand => ({
  type: 'IssueSourceKey',
  actor: anna,
  sourceId,
  keyId,
  keySha256: SHA256,
  now: NOW,
});
const revoke = (keyId: string): SourceCommand => ({ type: 'RevokeSourceKey', actor: anna, sourceId, keyId });
const retire: SourceCommand = { type: 'RetireSource', actor: anna, sourceId };

describe('source', () => {
  it('is registered once', () => {
    expect(given().when(register)).toEqual(
      decided({ type: 'SourceRegistered', data: { sourceId, name: { en: 'Air network' } } }),
    );
    expect(after(register).when(register)).toEqual(decided());
    expect(after(register).when({ ...register, name: { en: 'Water network' } } as SourceCommand)).toEqual(
      refused('conflict', 'SOURCE.ALREADY_REGISTERED'),
    );
    expect(sourceStream(sourceId)).toBe('source-air-network');
    expect(observationsStream(sourceId)).toBe('observations-air-network');
  });

  it('refuses an id with a slash, and records no contact', () => {
    expect(given().when({ ...register, sourceId: 'a/b' } as SourceCommand)).toEqual(
      refused('invalid', 'SOURCE.INVALID', 'sourceId'),
    );
    expect(given().when({ ...register, contact: 'Ada, room 12' } as SourceCommand)).toEqual(given().when(register));
  });

  it('issues keys and revokes them, each once', () => {
    expect(after(register).when(issue('k1'))).toEqual(
      decided({ type: 'SourceKeyIssued', data: { sourceId, keyId: 'k1', keySha256: SHA256 } }),
    );
    expect(after(register, issue('k1')).when(issue('k1'))).toEqual(decided());
    expect(after(register, issue('k1'), revoke('k1')).when(revoke('k1'))).toEqual(decided());
    expect(after(register, issue('k1'), revoke('k1')).state.keys).toEqual([
      { keyId: 'k1', keySha256: SHA256, revoked: true },
    ]);
    expect(after(register, issue('k1'), revoke('k1')).when(issue('k1'))).toEqual(
      refused('conflict', 'SOURCE.KEY_ID_TAKEN'),
    );
    expect(after(register).when(revoke('k1'))).toEqual(refused('not-found', 'SOURCE.KEY_UNKNOWN'));
    expect(given().when(issue('k1'))).toEqual(refused('not-found', 'SOURCE.UNKNOWN'));
  });

  it('refuses a key that is no hash or has expired', () => {
    const bad = { ...issue('k1'), keySha256: 'secret', expiresAt: NOW } as SourceCommand;
    expect(after(register).when(bad)).toEqual(refused('invalid', 'SOURCE.KEY_INVALID', 'keySha256', 'expiresAt'));
  });

  it('holds at most 20 valid keys', () => {
    const many = Array.from({ length: 20 }, (_, index) => issue(`k${index}`));
    expect(after(register, ...many).when(issue('k20'))).toEqual(refused('conflict', 'SOURCE.TOO_MANY_KEYS'));
    expect(after(register, ...many, revoke('k3')).when(issue('k20'))).toMatchObject({ events: [{}] });
  });

  it('gives no key once it is retired, but still revokes', () => {
    expect(after(register, retire).when(retire)).toEqual(decided());
    expect(after(register, retire).when(issue('k1'))).toEqual(refused('conflict', 'SOURCE.RETIRED'));
    expect(after(register, retire).when(register)).toEqual(refused('conflict', 'SOURCE.RETIRED'));
    expect(after(register, issue('k1'), retire).when(revoke('k1'))).toMatchObject({ events: [{}] });
  });
});
