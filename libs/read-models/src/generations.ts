import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Checkpoint } from './checkpoint.js';
import { ViewDatabase } from './view-database.js';

const GENERATION_FILE = /^generation-(\d+)\.db$/;
/** A SQLite file and its companions. */
const SUFFIXES = ['', '-wal', '-shm'];

/**
 * The folder of the views: `generation-<n>.db` files, and a pointer file `live` that names the one that answers queries.
 * A new generation is built beside the live one; the pointer moves by rename, so a reader sees the old one or the new one
 * and never half of either.
 */
export class Generations {
  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  fileOf(generation: number): string {
    return join(this.folder, `generation-${generation}.db`);
  }

  /** Number of the live generation, or null when there is none (or its file was deleted: views are disposable). */
  live(): number | null {
    const generation = this.pointer();
    return generation !== null && this.existing().includes(generation) ? generation : null;
  }

  existing(): number[] {
    const numbers = readdirSync(this.folder).map((name) => Number(GENERATION_FILE.exec(name)?.[1] ?? Number.NaN));
    return numbers.filter((number) => !Number.isNaN(number)).sort((a, b) => a - b);
  }

  /**
   * Starts an empty generation with the next free number. The caller creates its own tables in it. A number that the
   * pointer still names is not free, or readers of a deleted file would not notice its successor.
   */
  create(signature: string): { readonly generation: number; readonly database: ViewDatabase } {
    const generation = Math.max(0, this.pointer() ?? 0, ...this.existing()) + 1;
    const database = ViewDatabase.open(this.fileOf(generation));
    Checkpoint.create(database, signature);
    return { generation, database };
  }

  open(generation: number, options: { readonly readOnly?: boolean } = {}): ViewDatabase {
    return ViewDatabase.open(this.fileOf(generation), options);
  }

  /** Makes this generation the live one, also across a power cut: written, synced, renamed, folder synced. */
  swap(generation: number): void {
    const temporary = join(this.folder, 'live.new');
    const file = openSync(temporary, 'w');
    try {
      writeSync(file, String(generation));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, join(this.folder, 'live'));
    syncFolder(this.folder);
  }

  /** Deletes the files of one generation. Readers that still have them open finish undisturbed. */
  remove(generation: number): void {
    for (const suffix of SUFFIXES) rmSync(this.fileOf(generation) + suffix, { force: true });
  }

  /** Deletes every generation but the live one: what a rebuild that was interrupted left behind. */
  removeOthers(): void {
    const live = this.live();
    for (const generation of this.existing()) if (generation !== live) this.remove(generation);
  }

  private pointer(): number | null {
    try {
      const text = readFileSync(join(this.folder, 'live'), 'utf8');
      return /^\d{1,15}$/.test(text) ? Number(text) : null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
