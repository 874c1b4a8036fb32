import { describe, expect, it } from '@jest/globals';
import { problemError } from '../src/api.js';
import { MESSAGES } from '../src/messages.js';

const detail = 'The views have reached position 12, not yet 99.';

describe('a problem of the API', () => {
  it('is told in Chinese by its code, with the API’s own words beside it', () => {
    const error = problemError(400, { code: 'AS_OF_NOT_REACHED', detail }, MESSAGES['zh-CN']);
    expect([error.message, error.detail]).toEqual(['所填的日志位置尚未到达。', detail]);
  });

  it('is told in the API’s own words in English, and where the code is not known', () => {
    for (const [code, messages] of [
      ['AS_OF_NOT_REACHED', MESSAGES.en],
      ['SOMETHING_NEW', MESSAGES['zh-CN']],
      ['constructor', MESSAGES['zh-CN']],
    ] as const) {
      const error = problemError(400, { code, detail }, messages);
      expect([error.message, error.detail]).toEqual([detail, null]);
    }
  });

  it('is told by its status when the answer says nothing', () => {
    expect(problemError(502, {}, MESSAGES['zh-CN']).message).toContain('502');
  });
});
