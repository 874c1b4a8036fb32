import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { numberFate } from './number-text.js';

describe('the fate of a number written in decimal', () => {
  it.each(['0', '-0', '0.0', '37.5', '37.50', '1e2', '-12.25E-3', '9007199254740992', '9007199254740994', '1e300'])(
    '%s comes back as it was sent',
    (text) => expect(numberFate(text)).toBe('exact'),
  );

  it.each([
    '0.10000000000000001',
    '0.10000000000000000555',
    '123456789012345670000',
    '5e-324',
    '1.7976931348623157e308',
  ])('%s is a printing of a double and comes back as that double', (text) => expect(numberFate(text)).toBe('exact'));

  it.each(['9007199254740993', '-9007199254740993', '0.12345678901234567890', '1e-400', '123456789012345678901'])(
    '%s would come back changed',
    (text) => expect(numberFate(text)).toBe('inexact'),
  );

  it.each(['1e999', '-1e999', '1.8e308'])('%s is larger than any double', (text) => {
    expect(numberFate(text)).toBe('overflow');
  });

  it('law: every double is exact in the printings of senders: shortest, %.17g, %.20g', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        for (const text of [String(value), value.toPrecision(17), value.toPrecision(20), value.toExponential()]) {
          expect([text, numberFate(text)]).toEqual([text, 'exact']);
          expect(Number(text) === value).toBe(true);
        }
      }),
    );
  });

  it('law: an exact whole number is stored as it is, up to the zeros at its end, which a printing may have rounded to', () => {
    const law = fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (whole) => {
      const text = String(whole);
      if (numberFate(text) !== 'exact') return;
      const zeros = /0*$/.exec(text)![0].length;
      const error = BigInt(Number(text)) - whole;
      expect(error < 0n ? -error : error).toBeLessThan(10n ** BigInt(zeros));
    });
    fc.assert(law, { examples: [[39780767845152830n], [39780767845152832n], [736454095494070910n], [2n ** 53n + 1n]] });
  });
});
