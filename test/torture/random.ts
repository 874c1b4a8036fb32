/**
 * Seeded random choices (sfc32, seeded by hashing text). Whatever happens side by side gets a generator of its own by `fork`, so
 * that the order in which the machine runs things does not change what any of them chooses.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(private readonly seedText: string | number) {
    const hash = hashOf(String(seedText));
    [this.a, this.b, this.c] = [hash(), hash(), hash()];
    for (let round = 0; round < WARM_UP_ROUNDS; round += 1) this.next32();
  }

  /** A generator that depends on the seed and the name only, not on what was drawn before. */
  fork(name: string | number): Random {
    return new Random(`${this.seedText}/${name}`);
  }

  /** From 0 (inclusive) to 1 (exclusive). */
  fraction(): number {
    return this.next32() / 2 ** 32;
  }

  /** A whole number from `from` to `to`, both inclusive. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.fraction() * (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** @throws RangeError when there is nothing to choose from */
  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new RangeError('nothing to choose from');
    return items[this.integer(0, items.length - 1)]!;
  }

  shuffle<Item>(items: readonly Item[]): Item[] {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const other = this.integer(0, last);
      [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
    }
    return shuffled;
  }

  private next32(): number {
    const result = (this.a + this.b + this.counter) >>> 0;
    this.counter = (this.counter + 1) >>> 0;
    this.a = (this.b ^ (this.b >>> 9)) >>> 0;
    this.b = (this.c + (this.c << 3)) >>> 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + result) >>> 0;
    return result;
  }
}

const WARM_UP_ROUNDS = 15;

/** Numbers of 32 bits that depend on every character of the text (FNV-1a with a final mix). */
function hashOf(text: string): () => number {
  let state = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193);
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
}
