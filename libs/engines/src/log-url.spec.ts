import { describe, expect, it } from '@jest/globals';
import { LogUrlError, parseLogUrl, problemOfLogUrl, withoutPassword, withoutSecretsOf } from './log-url.js';

describe('the URL of a log', () => {
  it.each([
    ['sqlite:data/log.db', 'sqlite', 'data/log.db'],
    [' sqlite:/srv/tally/log.db ', 'sqlite', '/srv/tally/log.db'],
    ['sqlite:///srv/tally/log.db', 'sqlite', '/srv/tally/log.db'],
    ['SQLITE:a@b:c.db', 'sqlite', 'a@b:c.db'],
    ['postgres://tally@127.0.0.1:5432/tally?schema=city', 'postgres', undefined],
    ['postgresql://db/tally', 'postgres', undefined],
    ['esdb://127.0.0.1:2113?tls=false', 'eventstoredb', undefined],
    ['esdb+discover://one:2113,two:2113', 'eventstoredb', undefined],
    ['kurrentdb://admin:pw@host:2113', 'eventstoredb', undefined],
  ])('given %s, then the engine is %s', (url, engine, file) => {
    expect(parseLogUrl(url)).toMatchObject({ engine, url: url.trim(), isShared: engine !== 'sqlite' });
    expect(parseLogUrl(url).file).toBe(file);
  });

  it('says of each engine whether positions count events and whether several processes may append', () => {
    const told = ['sqlite:a', 'postgres://h/d', 'esdb://h'].map((url) => {
      const { hasDensePositions, isShared } = parseLogUrl(url);
      return [hasDensePositions, isShared];
    });
    expect(told).toEqual([
      [true, false],
      [true, true],
      [false, true],
    ]);
  });

  it.each([
    ['', 'must begin with one of'],
    ['data/log.db', 'for a file write sqlite:data/log.db'],
    ['mysql://db/tally', 'must begin with one of sqlite:, postgres:'],
    ['constructor://x', 'must begin with one of'],
    ['sqlite:', 'names no file'],
    ['sqlite:folder/', 'names no file'],
    ['postgres:', 'must look like postgres://'],
    ['postgres:///tally', 'must look like postgres://'],
    ['postgres://a b/c', 'must look like postgres://'],
    ['esdb:', 'must look like esdb://'],
    ['esdb://?tls=false', 'must look like esdb://'],
  ])('given %s, then it is refused with words that help', (url, words) => {
    expect(problemOfLogUrl(url)).toContain(words);
    expect(() => parseLogUrl(url)).toThrow(LogUrlError);
    expect(() => parseLogUrl(url)).toThrow(expect.objectContaining({ code: 'LOG_URL_INVALID' }));
  });

  it.each([
    'postgres://me:s3cret@host/db',
    'postgres://me:a/s3cret@host/db',
    'postgres://me:s3cret?#@host/db',
    'postgres://host/db?password=s3cret&x=1',
    'postgre://me:s3cret@host/db',
    'esdb+discover://admin:p@s3cret@one:2113,two:2113',
    'me:s3cret@host/db',
    'mysql://:s3cret@h',
  ])('given %s, then no message and no name holds the password', (url) => {
    expect(withoutPassword(url)).not.toContain('s3cret');
    expect(problemOfLogUrl(url) ?? '').not.toContain('s3cret');
    expect(withoutPassword(url)).toContain('***');
  });

  it.each([
    'postgres://me@host/db',
    'postgres://host:5432/db',
    'esdb://one:2113,two:2113?tls=false',
    'sqlite:a@b:c.db',
  ])('given %s without a password, then it is shown as it is', (url) => expect(withoutPassword(url)).toBe(url));

  it('given a message of a driver, then passwords in it are covered, encoded or not', () => {
    const url = 'esdb://admin:s3c%2Fret@host:2113';
    expect(withoutSecretsOf(url, `cannot parse ${url}`)).toBe('cannot parse esdb://admin:***@host:2113');
    expect(withoutSecretsOf(url, 'login s3c/ret or s3c%2Fret refused')).toBe('login *** or *** refused');
    expect(withoutSecretsOf('postgres://host/db', 'no such host')).toBe('no such host');
  });
});
