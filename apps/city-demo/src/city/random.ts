/** A stream of numbers that looks random and is the same for the same seed, on every machine and in every version. */
export interface SeededRandom {
  /** The next number, 0 ≤ x < 1. */
  next(): number;
  /** The next number of a bell curve with mean 0 and standard deviation 1. */
  normal(): number;
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
}

const TWO_TO_32 = 2 ** 32;

/**
 * mulberry32 (Tommy Ettinger, public domain): 32 bits of state, a full period and good enough statistics for a city of
 * make-believe. Not for secrets.
 */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / TWO_TO_32;
  };
  return {
    next,
    // The sum of four uniform numbers is close enough to a bell and, unlike Box–Muller, needs no logarithm, whose last
    // bit may differ between machines.
    normal: () => (next() + next() + next() + next() - 2) * Math.sqrt(3),
    between: (from, to) => from + Math.floor(next() * (to - from + 1)),
  };
}

/** A seed for a named part (FNV-1a over the name), so that adding a sensor does not change the others. */
export function seedFor(seed: number, name: string): number {
  let hash = 0x811c9dc5 ^ (seed >>> 0);
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash >>> 0;
}
