/**
 * Finds ids that are in a log twice, in bounded memory and without trusting the store's own index: a Bloom filter names the
 * few ids that may have been seen before, and a second reading counts exactly those. Sorting all ids on disk was rejected
 * (a file of the log's own making to clean up); keeping them all costs some 100 bytes an event.
 */

/** With four probes, one id in 400 is then suspected wrongly. */
const BITS_PER_EVENT = 16;
const BITS_MIN = 2 ** 20;
/** 256 MiB, good for 130 million events. */
const BITS_MAX = 2 ** 31;
const PROBES = 4;
/** Suspects that are kept for the second reading. Beyond it the check says that it is not complete. */
export const SUSPECTS_MAX = 1_000_000;

const HEX = 16;
/** Odd numbers without pattern: they mix the words of an id, whose version and variant bits are always the same. */
const MIXERS = [0x9e3779b1, 0x85ebca6b] as const;

export class IdFilter {
  readonly #words: Uint32Array;
  readonly #mask: number;
  readonly suspects = new Set<string>();
  /** False when there were too many suspects to keep. */
  isComplete = true;

  /** @param eventsExpected sizes the filter; with more events it only suspects more */
  constructor(eventsExpected: number) {
    let bits = BITS_MIN;
    while (bits < BITS_MAX && bits < eventsExpected * BITS_PER_EVENT) bits *= 2;
    this.#words = new Uint32Array(bits / 32);
    this.#mask = bits - 1;
  }

  add(id: string): void {
    const words = [0, 9, 19, 28].map((at) => parseInt(id.slice(at, at + 8).replace('-', ''), HEX) | 0);
    const first = (words[0]! ^ Math.imul(words[2]!, MIXERS[0])) >>> 0;
    const step = ((words[3]! ^ Math.imul(words[1]!, MIXERS[1])) | 1) >>> 0;
    let isSeen = true;
    for (let probe = 0; probe < PROBES; probe += 1) {
      const bit = ((first + Math.imul(step, probe)) & this.#mask) >>> 0;
      const word = bit >>> 5;
      const flag = 1 << (bit & 31);
      if ((this.#words[word]! & flag) === 0) isSeen = false;
      this.#words[word]! |= flag;
    }
    if (!isSeen) return;
    if (this.suspects.size < SUSPECTS_MAX) this.suspects.add(id);
    else this.isComplete = false;
  }
}
