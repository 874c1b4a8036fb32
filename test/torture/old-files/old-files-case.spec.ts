import { describe, expect, it } from '@jest/globals';
import { firstDifference } from './old-files-case.js';

describe('what an old log meant', () => {
  it('is kept where more is known now', () => {
    expect(firstDifference({ a: [{ b: 1 }] }, { a: [{ b: 1, c: 2 }], d: 3 }, 'states')).toBeNull();
  });

  it.each([
    ['another figure', { a: [{ b: 1 }] }, { a: [{ b: 2 }] }, 'states.a.0.b'],
    ['a missing thing', { a: { b: 1 } }, {}, 'states.a'],
    ['a longer list', { a: [1] }, { a: [1, 2] }, 'states.a'],
    ['null instead of a value', { a: null }, { a: 0 }, 'states.a'],
  ])('is not kept with %s, and the place is named', (_name, expected, actual, place) => {
    expect(firstDifference(expected, actual, 'states')).toBe(place);
  });
});
