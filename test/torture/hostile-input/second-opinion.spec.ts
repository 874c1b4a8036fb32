/** The case is worth what its own judgement is worth: it must find what it looks for. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { saidInCsv, saidInJson } from './said-in-body.js';
import { isSameNumber } from './same-number.js';

describe('the second opinion of the case of hostile input', () => {
  it.each([
    ['9007199254740993', 9007199254740992, false],
    ['9007199254740992', 9007199254740992, true],
    ['9007199254740993000', 9007199254740993000, true],
    ['0.1', 0.1, true],
    ['0.1000000000000000055511151231257827', 0.1, true],
    ['0.1000000000000000055511151231257828', 0.1, false],
    ['5e-324', 5e-324, true],
    ['2e-324', 0, false],
    ['1e-400', 0, false],
    ['-0', 0, true],
    ['-0', -0, false],
    ['1e23', 1e23, true],
    ['1.5', 1.25, false],
    ['-1.5', 1.5, false],
  ])('says whether %s and %d are the same number', (text, stored, same) => {
    expect(isSameNumber(text, stored)).toBe(same);
  });

  it('law: every printing of a double is the same number, its neighbour is not', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 17, max: 30 }),
        (value, digits) => {
          const stored = value === 0 ? 0 : value;
          for (const text of [String(value), value.toPrecision(digits), value.toExponential()]) {
            expect(isSameNumber(text, stored)).toBe(true);
            expect(isSameNumber(text, stored * (1 + 2 ** -52) + 5e-324)).toBe(false);
          }
        },
      ),
    );
  });

  it('sees what JSON.parse hides', () => {
    const observation = (text: string): unknown => saidInJson(text)?.[0]?.observation ?? null;
    const right = '{"series":"a","observedAt":"2026-11-24T06:00:00Z","value":1.50}';
    expect(observation(right)).toEqual({ series: 'a', at_ms: 1_795_500_000_000, value: '1.50', flag: null });
    expect(saidInJson(` [ ${right} ,3] `)?.map(({ written }) => written)).toEqual([right, '3']);
    expect(observation(right.replace('}', ',"value":2}'))).toBeNull();
    expect(observation(right.replace('}', ',"\\u005f_proto__":2}'))).toBeNull();
    expect(observation(right.replace('11-24', '02-30'))).toMatchObject({ at_ms: NaN });
    expect(saidInJson(`${right},`)).toBeNull();
  });

  it('reads CSV with quotes', () => {
    const body = 'at,epoch,station,value,second\r\n2026-11-24T06:00:00Z,7,"e","1.5","a""b"\r\n';
    expect(saidInCsv(body)).toEqual([
      { series: 'hostile/csv/epoch', at_ms: 7, value: '1.5', flag: null },
      { series: 'hostile/csv/second', at_ms: 1_795_500_000_000, value: 'a"b', flag: null },
    ]);
  });
});
