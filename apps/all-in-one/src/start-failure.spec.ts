import { describe, expect, it } from '@jest/globals';
import { EventStoreError } from '#lib/event-store';
import { ConfigurationError } from '#lib/platform';
import { startFailureInWords } from './start-failure.js';

const errno = (code: string, message: string): NodeJS.ErrnoException => Object.assign(new Error(message), { code });

describe('what stands in the way of a start', () => {
  it('given a port or a folder in use, then it says which and which variable to set', () => {
    const env = { TALLYSTICK_PORT: '8080', TALLYSTICK_DATA: '/srv/tally' };
    expect(startFailureInWords(errno('EADDRINUSE', 'listen EADDRINUSE'), env)).toMatch(/^Port 8080 .*TALLYSTICK_PORT/);
    const inUse = new EventStoreError('STORE_IN_USE', 'locked');
    expect(startFailureInWords(inUse, env)).toMatch(/^Another process .*\/srv\/tally.*TALLYSTICK_DATA/);
  });

  it('given a folder that cannot be made, then it names the folder and the reason', () => {
    expect(startFailureInWords(errno('EEXIST', "EEXIST: mkdir '/dev/null'"), { TALLYSTICK_DATA: '/dev/null' })).toMatch(
      /^The data folder \/dev\/null cannot be used: EEXIST/,
    );
    expect(startFailureInWords(errno('EACCES', 'permission denied, open'), {})).toMatch(/^The data folder \.\/data/);
    expect(startFailureInWords(errno('EACCES', 'listen EACCES 0.0.0.0:80'), {})).toMatch(/^Cannot listen/);
  });

  it('given a wrong configuration, then its own words; given anything else, then none', () => {
    const problem = new ConfigurationError([{ variable: 'TALLYSTICK_PORT', what: 'is wrong' }]);
    expect(startFailureInWords(problem, {})).toBe(problem.message);
    expect(startFailureInWords(new TypeError('x is not a function'), {})).toBeNull();
  });
});
