import type { Position, StoredEvent } from '#lib/event-store';
import { LogMovingError } from '../errors.js';
import { LogDigest, type LogDigestValue } from '../event-digest.js';
import { isFooter, readHeader, readLine, type ArchiveFooter, type ArchiveHeader } from './format.js';
import { linesOf, type Line } from './lines.js';

/** Reads an archive from its first to its last line, once; what is given out has been checked up to that line. */
export class ArchiveReader {
  readonly #lines: AsyncGenerator<Line>;
  readonly #digest = new LogDigest();
  #header: ArchiveHeader | null = null;
  #last: Position | null = null;
  #isWhole = false;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#lines = linesOf(bytes);
  }

  /** The digest of the archive's events; only once `events` has ended. */
  get digest(): LogDigestValue {
    return this.#digest.value();
  }

  /** Whether the footer was reached and agreed. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /**
   * Reads the first line.
   * @throws LogMovingError `TRUNCATED` for an empty file, and as `readHeader` says
   */
  async header(): Promise<ArchiveHeader> {
    const first = await this.#lines.next();
    if (first.done) throw new LogMovingError('TRUNCATED', 'the archive is empty', 1);
    this.#header = readHeader(first.value.text, first.value.number);
    return this.#header;
  }

  /**
   * The events behind the header.
   * @throws LogMovingError with the number of the line that is wrong
   */
  async *events(): AsyncGenerator<StoredEvent> {
    let footer: ArchiveFooter | null = null;
    let lastLine = 1;
    for await (const { text, number } of this.#lines) {
      lastLine = number;
      if (footer !== null) throw new LogMovingError('AFTER_FOOTER', 'something stands behind the footer', number);
      const read = readLine(text, number);
      if (isFooter(read)) {
        this.#judgeFooter(read, number);
        footer = read;
        continue;
      }
      this.#judgeOrder(read.event, number);
      this.#digest.add(read.event);
      if (this.#digest.chain !== read.chain)
        throw new LogMovingError('DIGEST_MISMATCH', 'the event, or one before it, is not the one exported', number);
      yield read.event;
    }
    if (footer === null)
      throw new LogMovingError('TRUNCATED', 'the archive ends here without its footer: it was cut off', lastLine);
    this.#isWhole = true;
  }

  #judgeOrder({ position }: StoredEvent, number: number): void {
    const before = this.#last;
    const due = before === null ? 1n : before + 1n;
    if (this.#header?.hasDensePositions ? position !== due : before !== null && position <= before)
      throw new LogMovingError('WRONG_ORDER', `position ${position} stands where ${due} is due`, number);
    this.#last = position;
  }

  #judgeFooter(footer: ArchiveFooter, number: number): void {
    const { events, observations, chain, sum } = this.#digest.value();
    if (footer.events !== events || footer.observations !== observations)
      throw new LogMovingError(
        'COUNT_MISMATCH',
        `the footer counts ${footer.events} events, ${events} were read`,
        number,
      );
    if (footer.chain !== chain || footer.sum !== sum)
      throw new LogMovingError('DIGEST_MISMATCH', 'the digest in the footer is not that of the events', number);
  }
}
