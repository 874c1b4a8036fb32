import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { PersonEvent } from '#lib/domain';
import { issueToken } from '#lib/intake';
import { BootstrapToken } from './bootstrap-token.js';
import { isFromOtherSite, isFromOwnPage } from './cross-site.js';
import {
  FAILURES_PER_WINDOW_MAX,
  FAILURE_WINDOW_ms,
  FailureLimiter,
  FAILING_ADDRESSES_MAX,
} from './failure-limiter.js';
import { PeopleDirectory } from './people-directory.js';
import { SessionCookie } from './session-cookie.js';
import { SESSION_DURATION_ms, Sessions, SESSIONS_MAX } from './sessions.js';

const T = 1_800_000_000_000;

describe('PeopleDirectory', () => {
  const issued = issueToken('tsp');
  const told = (...events: PersonEvent[]) => {
    const directory = new PeopleDirectory();
    for (const { type, data } of events) directory.apply({ type, data: JSON.stringify(data) });
    return directory;
  };
  const registered: PersonEvent = { type: 'PersonRegistered', data: { personId: 'eva', role: 'admin' } };
  const token = (expiresAt?: string): PersonEvent => ({
    type: 'PersonTokenIssued',
    data: { personId: 'eva', tokenId: issued.tokenId, tokenSha256: issued.sha256, ...(expiresAt && { expiresAt }) },
  });

  it('finds the person behind a token', () => {
    expect(told(registered, token()).signIn(issued.token, T)?.person).toEqual({
      personId: 'eva',
      role: 'admin',
      unitId: null,
      active: true,
    });
  });

  it.each<[string, PersonEvent[]]>([
    ['an unknown token', [registered]],
    [
      'a revoked token',
      [registered, token(), { type: 'PersonTokenRevoked', data: { personId: 'eva', tokenId: issued.tokenId } }],
    ],
    ['an expired token', [registered, token(new Date(T).toISOString())]],
    ['a deactivated person', [registered, token(), { type: 'PersonDeactivated', data: { personId: 'eva' } }]],
  ])('refuses %s, which then cannot administer either', (_name, events) => {
    const directory = told(...events);
    expect(directory.signIn(issued.token, T)).toBeNull();
    expect(directory.hasUsableAdmin(T)).toBe(false);
  });

  it('does not take the hash for the token', () => {
    expect(told(registered, token()).signIn(issued.sha256, T)).toBeNull();
  });

  it('passes over events of others and knows an admin with a way in', () => {
    const directory = told(registered, token());
    directory.apply({ type: 'UnitRegistered', data: '{}' });
    expect(directory.hasUsableAdmin(T)).toBe(true);
    expect(directory.find('nobody')).toBeNull();
  });
});

describe('FailureLimiter', () => {
  it('lets so many failures pass in a window, then says how long to wait', () => {
    const limiter = new FailureLimiter();
    for (let count = 0; count < FAILURES_PER_WINDOW_MAX; count += 1) expect(limiter.note('a', T)).toBe(0);
    expect(limiter.note('a', T + 1000)).toBe((FAILURE_WINDOW_ms - 1000) / 1000);
    expect(limiter.note('b', T)).toBe(0);
    expect(limiter.note('a', T + FAILURE_WINDOW_ms)).toBe(0);
  });

  it('remembers a bounded number of addresses', () => {
    const limiter = new FailureLimiter();
    for (let count = 0; count <= FAILING_ADDRESSES_MAX + 50; count += 1) limiter.note(`address ${count}`, T);
    expect(limiter.size).toBe(FAILING_ADDRESSES_MAX);
  });
});

describe('Sessions', () => {
  it('end by the clock, by closing, and oldest first beyond their number', () => {
    const sessions = new Sessions();
    const first = sessions.open('hash', T);
    expect(sessions.tokenSha256Of(first, T + SESSION_DURATION_ms - 1)).toBe('hash');
    expect(sessions.tokenSha256Of(first, T + SESSION_DURATION_ms)).toBeNull();
    const second = sessions.open('hash', T);
    sessions.close(second);
    expect(sessions.tokenSha256Of(second, T)).toBeNull();
    for (let count = 0; count < SESSIONS_MAX; count += 1) sessions.open('other', T);
    expect(sessions.tokenSha256Of(first, T)).toBeNull();
  });
});

describe('SessionCookie', () => {
  it('finds its value among others and not a longer name', () => {
    const cookie = new SessionCookie(false);
    expect(cookie.read('a=b; tallystick=tss_x; c=d')).toBe('tss_x');
    expect(cookie.read('not-tallystick=tss_x; xtallystick=1')).toBeNull();
    expect(cookie.read(undefined)).toBeNull();
  });

  it('never throws on what a browser may send', () => {
    const cookie = new SessionCookie(true);
    fc.assert(fc.property(fc.string(), (header) => void cookie.read(header)));
  });
});

describe('where a request comes from', () => {
  it.each([
    [{ 'sec-fetch-site': 'same-origin' }, true, false],
    [{ 'sec-fetch-site': 'same-site' }, false, true],
    [{ 'sec-fetch-site': 'cross-site', origin: 'http://here:1', host: 'here:1' }, false, true],
    [{ 'sec-fetch-site': 'none' }, false, true],
    [{ origin: 'http://here:1', host: 'here:1' }, true, false],
    [{ origin: 'https://here:1', host: 'here:1' }, true, false],
    [{ origin: 'http://here:2', host: 'here:1' }, false, true],
    [{ origin: 'null', host: 'here:1' }, false, true],
    [{ host: 'here:1' }, false, false],
  ])('%j', (headers, own, other) => {
    expect([isFromOwnPage(headers), isFromOtherSite(headers)]).toEqual([own, other]);
  });
});

describe('BootstrapToken', () => {
  it('is closed until prepared, and matches itself only', () => {
    const bootstrap = new BootstrapToken();
    expect([bootstrap.isOpen, bootstrap.matches('tsb_x')]).toEqual([false, false]);
    const token = bootstrap.prepare();
    expect(bootstrap.matches(token)).toBe(true);
    expect(bootstrap.matches(issueToken('tsb').token)).toBe(false);
  });

  it('survives a failed exchange and not a successful one; two do not run at once', async () => {
    const bootstrap = new BootstrapToken();
    bootstrap.prepare();
    await expect(bootstrap.exchangeOnce(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    let release = (): void => undefined;
    const slow = bootstrap.exchangeOnce(() => new Promise<string>((resolve) => (release = () => resolve('made'))));
    expect(await bootstrap.exchangeOnce(async () => 'second')).toBeNull();
    release();
    expect(await slow).toBe('made');
    expect([bootstrap.isOpen, await bootstrap.exchangeOnce(async () => 'third')]).toEqual([false, null]);
  });
});
