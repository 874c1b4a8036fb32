import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** What the sender knows of a request. Kept as a byte a request: there are millions. */
export const UNSENT = 0;
export const SENT = 1;
export const ACKNOWLEDGED = 2;
export const REFUSED = 3;

const FIRST_SIZE = 2 ** 20;

/** The sender's own book, by the number of the request. */
export class Ledger {
  private bytes = new Uint8Array(FIRST_SIZE);
  private end = 0;

  note(number: number, state: number): void {
    if (number >= this.bytes.length) {
      const larger = new Uint8Array(this.bytes.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[number] = state;
    if (number >= this.end) this.end = number + 1;
  }

  save(file: string): void {
    writeFileSync(file, this.bytes.subarray(0, this.end));
  }

  /** Empty when nobody has kept that book. */
  static read(file: string): Uint8Array {
    return existsSync(file) ? readFileSync(file) : new Uint8Array(0);
  }
}
