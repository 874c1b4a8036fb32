/** A process whose wall clock is what a file says (libfaketime); its timers run on as they are. */
import { existsSync, readdirSync, writeFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';

export class FakeClock {
  #offset_seconds = 0;

  /** @param file the file that the process looks at whenever it asks for the time */
  constructor(private readonly file: string) {
    this.#write();
  }

  /** For a process that is to live by this clock. */
  get environment(): Record<string, string> {
    return {
      LD_PRELOAD: libraryPath(),
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      // Timers would fire late or in a storm; a step of the wall clock does not move them.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      TZ: 'UTC',
    };
  }

  /** What the process takes for now. */
  now_ms(): number {
    return Date.now() + this.#offset_seconds * 1000;
  }

  /** Steps forwards, or backwards with a negative number. */
  step(step_seconds: number): void {
    this.#offset_seconds += Math.round(step_seconds);
    this.#write();
  }

  setTo(instant_ms: number): void {
    this.#offset_seconds = Math.round((instant_ms - Date.now()) / 1000);
    this.#write();
  }

  /** In one step, so that nobody reads half an offset. */
  #write(): void {
    writeFileSync(`${this.file}.new`, `${this.#offset_seconds >= 0 ? '+' : ''}${this.#offset_seconds}\n`);
    renameSync(`${this.file}.new`, this.file);
  }
}

/** Debian keeps it in a folder named after the processor. @throws Error when it is not there */
function libraryPath(): string {
  for (const folder of readdirSync('/usr/lib')) {
    const library = join('/usr/lib', folder, 'faketime', 'libfaketimeMT.so.1');
    if (existsSync(library)) return library;
  }
  throw new Error('libfaketimeMT.so.1 is missing: install faketime (apt-get install faketime)');
}
