import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RecentStates } from './recent-states.js';

describe('RecentStates', () => {
  it('keep what was used last and forget what was not', () => {
    const states = new RecentStates<string>(2);
    for (const key of ['a', 'b', 'c']) states.set(key, key);
    expect(states.get('a')).toBe('a');
    states.set('d', 'd');
    expect([states.get('b'), states.get('a'), states.get('d')]).toEqual([undefined, 'a', 'd']);
  });

  it('never answer with an older state than the newest, and hold no more than twice the half', () => {
    const use = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(use, { maxLength: 60 }), (uses) => {
        const states = new RecentStates<number>(3);
        const all = new Map<string, number>();
        uses.forEach(([number, isSet], at) => {
          const key = String(number);
          if (isSet) {
            states.set(key, at);
            all.set(key, at);
          } else expect([undefined, all.get(key)]).toContain(states.get(key));
        });
        const kept = [...all.keys()].filter((key) => states.get(key) !== undefined);
        expect(kept.length).toBeLessThanOrEqual(6);
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(all.size, 1));
      }),
    );
  });
});
