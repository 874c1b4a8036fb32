import { describe, expect, it } from '@jest/globals';
import { describeChange } from '../src/change-description.js';

describe('before → after', () => {
  it('lists only what differs, with the path inside the subject', () => {
    const before = { range: { low: 6, high: 8 }, date: '2026-12-31' };
    const after = { range: { low: 6, high: 9 }, date: '2026-12-31' };
    expect(describeChange(before, after)).toEqual([{ field: 'range.high', before: '8', after: '9' }]);
  });

  it('shows what came and what went', () => {
    expect(describeChange(null, { value: 5 })).toEqual([{ field: 'value', before: null, after: '5' }]);
    expect(describeChange({ value: 5, note: 'x' }, { value: 5 })).toEqual([
      { field: 'note', before: 'x', after: null },
    ]);
    expect(describeChange(null, null)).toEqual([]);
  });

  it('reads lists as one text and does not lose what lies deep', () => {
    expect(describeChange({}, { series: ['a', 'b'] })).toEqual([{ field: 'series', before: null, after: 'a, b' }]);
    const deep = { a: { b: { c: { d: { e: 1 } } } } };
    expect(describeChange({}, deep)).toEqual([{ field: 'a.b.c.d', before: null, after: '{"e":1}' }]);
  });

  it('tells a number from nothing: zero and false are values', () => {
    expect(describeChange({}, { value: 0, flag: false }).map(({ after }) => after)).toEqual(['0', 'false']);
  });
});
