import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DATA_PLAIN, DATA_QUOTED } from './schema.js';
import { originalText, storedText } from './stored-text.js';

/** Text of any code units, with the two troublemakers often among them. */
const anyText = fc
  .array(fc.oneof(fc.constantFrom('\u0000', '\ud800', '\udc00', '"', '\\', '\\u0000', '😀'), fc.string()), {
    maxLength: 8,
  })
  .map((parts) => parts.join(''));

describe('texts for PostgreSQL', () => {
  it('given any text, then what is stored has neither U+0000 nor a lone surrogate, and gives the text back', () => {
    fc.assert(
      fc.property(anyText, (data) => {
        const { text, form } = storedText(data);
        expect(text).not.toContain('\u0000');
        expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
        expect(originalText(text, form)).toBe(data);
      }),
    );
  });

  it('stores as it is whatever PostgreSQL can hold', () => {
    for (const data of ['', '{"a":"\\u0000 é 😀"}']) expect(storedText(data)).toEqual({ text: data, form: DATA_PLAIN });
    expect(storedText('\ud83d').form).toBe(DATA_QUOTED);
  });
});
