import { describe, expect, it } from '@jest/globals';
import { anna, bo, NOW, SHA256, system } from '../testing/examples.js';
import { decided, refused, scenario } from '../testing/given-when-then.js';
import { type PersonCommand, personDecider } from './person.js';

const { given, after } = scenario(personDecider);
const personId = 'anna';
const register: PersonCommand = { type: 'RegisterPerson', actor: system, personId, role: 'admin' };
const changeRole: PersonCommand = { type: 'ChangePersonRole', actor: bo, personId, role: 'auditor' };
const issue = (tokenId: string, expiresAt?: string): PersonCommand => ({
  type: 'IssuePersonToken',
  actor: bo,
  personId,
  tokenId,
  tokenSha256: SHA256,
  expiresAt,
  now: NOW,
});
const revoke = (tokenId: string): PersonCommand => ({ type: 'RevokePersonToken', actor: bo, personId, tokenId });
const deactivate: PersonCommand = { type: 'DeactivatePerson', actor: bo, personId };

describe('person: registration and role', () => {
  it('registers once; the same again is already so, other content a conflict', () => {
    expect(given().when(register)).toEqual(decided({ type: 'PersonRegistered', data: { personId, role: 'admin' } }));
    expect(after(register).when(register)).toEqual(decided());
    expect(after(register).when({ ...register, role: 'auditor' })).toEqual(
      refused('conflict', 'PERSON.ALREADY_REGISTERED'),
    );
  });

  it.each(['source', 'public', 'king'])('refuses %p as the role of a person', (role) => {
    expect(given().when({ ...register, role } as PersonCommand)).toEqual(refused('invalid', 'PERSON.INVALID', 'role'));
  });

  it('changes role and unit, and forgets a unit that is not named any more', () => {
    const inUnit: PersonCommand = { ...register, unitId: 'environment' };
    expect(after(inUnit, changeRole).state).toEqual({ status: 'active', personId, role: 'auditor', tokens: [] });
    expect(after(inUnit, changeRole).when(changeRole)).toEqual(decided());
  });

  it('lets nobody change the own role or deactivate oneself', () => {
    expect(after(register).when({ ...changeRole, actor: anna })).toEqual(refused('forbidden', 'PERSON.OWN_ROLE'));
    expect(after(register).when({ ...deactivate, actor: anna })).toEqual(refused('forbidden', 'PERSON.OWN_ROLE'));
  });
});

describe('person: tokens', () => {
  it('issues, acknowledges a repeat, and never gives an id twice', () => {
    expect(after(register).when(issue('t1'))).toEqual(
      decided({ type: 'PersonTokenIssued', data: { personId, tokenId: 't1', tokenSha256: SHA256 } }),
    );
    expect(after(register, issue('t1')).when(issue('t1'))).toEqual(decided());
    const other = { ...issue('t1'), tokenSha256: 'b'.repeat(64) } as PersonCommand;
    expect(after(register, issue('t1')).when(other)).toEqual(refused('conflict', 'PERSON.TOKEN_ID_TAKEN'));
    expect(after(register, issue('t1'), revoke('t1')).when(issue('t1'))).toEqual(
      refused('conflict', 'PERSON.TOKEN_ID_TAKEN'),
    );
  });

  it('refuses a token that is expired, has no real hash or no real time', () => {
    const bad = { ...issue('t1', '2026-11-24T07:00:00.000Z'), tokenSha256: 'A'.repeat(64) } as PersonCommand;
    expect(after(register).when(bad)).toEqual(refused('invalid', 'PERSON.TOKEN_INVALID', 'tokenSha256', 'expiresAt'));
    expect(after(register).when(issue('t1', '2027-02-30T00:00:00.000Z'))).toMatchObject({ where: ['expiresAt'] });
  });

  it('holds at most 20 valid tokens; expired and revoked ones do not count', () => {
    const many = Array.from({ length: 20 }, (_, index) => issue(`t${index}`, '2026-12-01T00:00:00.000Z'));
    expect(after(register, ...many).when(issue('t20'))).toEqual(refused('conflict', 'PERSON.TOO_MANY_TOKENS'));
    expect(after(register, ...many, revoke('t3')).when(issue('t20'))).toMatchObject({ events: [{}] });
    const later = { ...issue('t20'), now: '2026-12-02T00:00:00.000Z' } as PersonCommand;
    expect(after(register, ...many).when(later)).toMatchObject({ events: [{}] });
  });

  it('revokes once and knows which tokens there were', () => {
    expect(after(register, issue('t1')).when(revoke('t1'))).toEqual(
      decided({ type: 'PersonTokenRevoked', data: { personId, tokenId: 't1' } }),
    );
    expect(after(register, issue('t1'), revoke('t1')).when(revoke('t1'))).toEqual(decided());
    expect(after(register).when(revoke('t1'))).toEqual(refused('not-found', 'PERSON.TOKEN_UNKNOWN'));
  });
});

describe('person: deactivation', () => {
  it('ends what the person may do, but tokens can still be revoked', () => {
    expect(after(register).when(deactivate)).toEqual(decided({ type: 'PersonDeactivated', data: { personId } }));
    expect(after(register, deactivate).when(deactivate)).toEqual(decided());
    expect(after(register, deactivate).when(changeRole)).toEqual(refused('conflict', 'PERSON.DEACTIVATED'));
    expect(after(register, deactivate).when(issue('t1'))).toEqual(refused('conflict', 'PERSON.DEACTIVATED'));
    expect(after(register, deactivate).when(register)).toEqual(refused('conflict', 'PERSON.DEACTIVATED'));
    expect(after(register, issue('t1'), deactivate).when(revoke('t1'))).toMatchObject({ events: [{}] });
    expect(given().when(deactivate)).toEqual(refused('not-found', 'PERSON.UNKNOWN'));
  });
});
