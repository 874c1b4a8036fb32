import { describe, expect, it } from '@jest/globals';
import { CONFIGURATION_VARIABLES, ConfigurationError, isLoopback, loadConfig } from './configuration.js';
import { nearestOf } from './nearest.js';

const problemsOf = (env: Record<string, string>): Record<string, string> => {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigurationError)
      return Object.fromEntries(error.problems.map(({ variable, what }) => [variable, what]));
    throw error;
  }
  return {};
};

describe('loadConfig', () => {
  it('given nothing, then it runs on this machine alone', () => {
    const config = loadConfig({ PATH: '/bin', TALLYSTICK_PORT: '' });
    expect(config).toEqual({
      host: '127.0.0.1',
      port: 3000,
      data: './data',
      log: 'sqlite:data/log.db',
      organisation: { name: { en: 'Organisation' }, timeZone: 'UTC', fiscalYearStartMonth: 1 },
      logLevel: 'info',
      secureCookies: false,
      shutdownDeadline_ms: 10_000,
    });
    expect([Object.isFrozen(config), Object.isFrozen(config.organisation)]).toEqual([true, true]);
  });

  it('given every variable, then each has its effect', () => {
    const env = {
      TALLYSTICK_HOST: '0.0.0.0',
      TALLYSTICK_PORT: '0',
      TALLYSTICK_DATA: '/srv/tallystick data',
      TALLYSTICK_LOG: 'postgres://tally@db/tally',
      TALLYSTICK_TIME_ZONE: 'Asia/Shanghai',
      TALLYSTICK_FISCAL_YEAR_START_MONTH: '4',
      TALLYSTICK_ORGANISATION_NAME_EN: 'City of Example',
      TALLYSTICK_ORGANISATION_NAME_ZH: '示例市',
      TALLYSTICK_LOG_LEVEL: 'debug',
      TALLYSTICK_SECURE_COOKIES: 'false',
      TALLYSTICK_SHUTDOWN_DEADLINE_MS: '2500',
    };
    expect(Object.keys(env).sort()).toEqual([...CONFIGURATION_VARIABLES].sort());
    expect(loadConfig(env)).toEqual({
      host: '0.0.0.0',
      port: 0,
      data: '/srv/tallystick data',
      log: 'postgres://tally@db/tally',
      organisation: {
        name: { en: 'City of Example', 'zh-CN': '示例市' },
        timeZone: 'Asia/Shanghai',
        fiscalYearStartMonth: 4,
      },
      logLevel: 'debug',
      secureCookies: false,
      shutdownDeadline_ms: 2500,
    });
    expect(loadConfig({ TALLYSTICK_ORGANISATION_NAME_ZH: '示例市' }).organisation.name).toEqual({ 'zh-CN': '示例市' });
    expect(loadConfig({ TALLYSTICK_HOST: '0.0.0.0' }).secureCookies).toBe(true);
  });

  it('given no log, then it is in the data folder; given one that the app refuses, then its words are told', () => {
    expect(loadConfig({ TALLYSTICK_DATA: '/srv/tally' }).log).toBe('sqlite:/srv/tally/log.db');
    const problemOfLogUrl = (url: string) => (url.startsWith('mysql:') ? 'no such engine' : null);
    expect(loadConfig({ TALLYSTICK_LOG: 'sqlite:a.db' }, { problemOfLogUrl }).log).toBe('sqlite:a.db');
    const wrong = () =>
      loadConfig({ TALLYSTICK_LOG: 'mysql://me:secret@db', TALLYSTICK_PORT: 'x' }, { problemOfLogUrl });
    expect(wrong).toThrow(/TALLYSTICK_PORT is "x"[^]*TALLYSTICK_LOG cannot be used: no such engine/);
    expect(wrong).not.toThrow(/secret/);
  });

  it('given several wrong values, then one message names each variable, its value and what is allowed', () => {
    const env = { TALLYSTICK_PORT: '70000', TALLYSTICK_TIME_ZONE: 'Asia/Beijing', TALLYSTICK_LOG_LEVEL: 'loud' };
    expect(() => loadConfig(env)).toThrow(
      [
        'The configuration cannot be used:',
        '  TALLYSTICK_PORT is "70000": it must be a whole number from 0 to 65535 (0: any free port)',
        '  TALLYSTICK_TIME_ZONE is "Asia/Beijing": it must be an IANA time zone, for example Asia/Shanghai or Europe/Zurich',
        '  TALLYSTICK_LOG_LEVEL is "loud": it must be one of fatal, error, warn, info, debug, trace, silent',
      ].join('\n'),
    );
  });

  it.each([
    ['TALLYSTICK_PORT', ['-1', '65536', '80.5', '0x50', '1e3', 'http', 'Infinity']],
    ['TALLYSTICK_HOST', ['http://127.0.0.1', '127.0.0.1:80', '1.2.3.4.5', 'a b', '-a']],
    ['TALLYSTICK_FISCAL_YEAR_START_MONTH', ['0', '13', 'April', '1.5']],
    ['TALLYSTICK_SECURE_COOKIES', ['yes', '1', 'TRUE']],
    ['TALLYSTICK_LOG_LEVEL', ['INFO', 'warning']],
    ['TALLYSTICK_TIME_ZONE', ['Nowhere/City', 'local']],
    ['TALLYSTICK_DATA', ['a\0b']],
    ['TALLYSTICK_ORGANISATION_NAME_EN', ['x'.repeat(201)]],
    ['TALLYSTICK_SHUTDOWN_DEADLINE_MS', ['0', '600001', '10s']],
  ])('given a wrong %s, then that variable is named', (variable, wrongs) => {
    for (const wrong of wrongs)
      expect([wrong, Object.keys(problemsOf({ [variable]: wrong }))]).toEqual([wrong, [variable]]);
  });

  it('given good values of each form, then they are taken', () => {
    for (const host of ['localhost', '::1', '127.0.0.1', 'node-1.example.org'])
      expect(loadConfig({ TALLYSTICK_HOST: host }).host).toBe(host);
    expect(loadConfig({ TALLYSTICK_PORT: ' 8080 ' }).port).toBe(8080);
  });

  it('given a variable that nobody knows, then the nearest name is proposed; those of test runners pass', () => {
    expect(problemsOf({ TALLYSTICK_PROT: '1', TALLYSTICK_TIMEZONE: 'UTC', TALLYSTICK_TEST_PEERS_FILE: 'x' })).toEqual({
      TALLYSTICK_PROT: 'is not a variable of Tallystick; did you mean TALLYSTICK_PORT?',
      TALLYSTICK_TIMEZONE: 'is not a variable of Tallystick; did you mean TALLYSTICK_TIME_ZONE?',
    });
    expect(problemsOf({ TALLYSTICK_constructor: '1' })).toHaveProperty('TALLYSTICK_constructor');
    expect(nearestOf('logleve', ['port', 'loglevel'])).toBe('loglevel');
  });

  it('given hosts, then only those of this machine are loopback', () => {
    expect(['localhost', '::1', '127.9.9.9', '0.0.0.0', '::', '127.evil.example'].map(isLoopback)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
