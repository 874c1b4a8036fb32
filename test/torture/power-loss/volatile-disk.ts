/**
 * What a disk may hold after a power cut. A write is safe once its file was synced, a name once its folder was; until then
 * the system may have brought it to the disk or not, whole or in sectors, in any order. Of two writes to the same place the
 * later one never loses to the earlier once it is there, because both are one page in memory: so "reordered" means that any
 * subset of the unsynced writes is there, put down in the order of the program.
 */
import type { Random } from '../random.js';
import type { Operation } from './trace.js';

const SECTOR_SIZE_bytes = 512;

type ContentChange = Extract<Operation, { kind: 'write' | 'truncate' }>;

/** A file's content, apart from its name: a deleted and newly made file is another one. */
interface Content {
  safe: Buffer;
  unsynced: ContentChange[];
}

/** How much of what was not synced is there. `torn`: some of it, and of that some sectors only. */
export type Survival = 'none' | 'all' | 'prefix' | 'some' | 'torn';

export class VolatileDisk {
  #safeNames = new Map<string, Content>();
  readonly #names = new Map<string, Content>();

  constructor(private readonly folder: string) {}

  apply(operation: Operation): void {
    switch (operation.kind) {
      case 'create':
        return void this.#names.set(operation.path, { safe: Buffer.alloc(0), unsynced: [] });
      case 'unlink':
        return void this.#names.delete(operation.path);
      case 'rename': {
        const content = this.#names.get(operation.path);
        this.#names.delete(operation.path);
        return void (content && this.#names.set(operation.to, content));
      }
      case 'write':
      case 'truncate':
        return void this.#names.get(operation.path)?.unsynced.push(operation);
      case 'sync':
        return this.#sync(operation.path);
      case 'acknowledged':
    }
  }

  /** The files as they may be found after the power has come back. */
  afterPowerCut(survival: Survival, random: Random): Map<string, Buffer> {
    const files = new Map<string, Buffer>();
    for (const path of new Set([...this.#safeNames.keys(), ...this.#names.keys()])) {
      const isNameSafe = survival === 'none' || (survival !== 'all' && random.chance(0.5));
      const content = (isNameSafe ? this.#safeNames : this.#names).get(path);
      if (content !== undefined) files.set(path, changed(content.safe, survivors(content.unsynced, survival, random)));
    }
    return files;
  }

  #sync(path: string): void {
    if (path === this.folder) {
      this.#safeNames = new Map(this.#names);
      return;
    }
    const content = this.#names.get(path);
    if (content === undefined) return;
    content.safe = changed(content.safe, content.unsynced);
    content.unsynced = [];
  }
}

function survivors(unsynced: readonly ContentChange[], survival: Survival, random: Random): readonly ContentChange[] {
  switch (survival) {
    case 'none':
      return [];
    case 'all':
      return unsynced;
    case 'prefix':
      return unsynced.slice(0, random.integer(0, unsynced.length));
    case 'some':
      return unsynced.filter(() => random.chance(0.5));
    case 'torn':
      return unsynced.filter(() => random.chance(0.7)).flatMap((change) => sectorsOf(change, random));
  }
}

function sectorsOf(change: ContentChange, random: Random): ContentChange[] {
  if (change.kind === 'truncate') return [change];
  const sectors: ContentChange[] = [];
  for (let from = 0; from < change.bytes.length;) {
    // Sectors are places on the disk, not parts of the write.
    const length = SECTOR_SIZE_bytes - ((change.offset + from) % SECTOR_SIZE_bytes);
    const bytes = change.bytes.subarray(from, from + length);
    if (random.chance(0.8)) sectors.push({ ...change, offset: change.offset + from, bytes });
    from += length;
  }
  return sectors;
}

/** The content after the changes; holes are zero, as a file system gives them. */
function changed(content: Buffer, changes: readonly ContentChange[]): Buffer {
  let size = content.length;
  const space = Math.max(
    size,
    ...changes.map((change) => (change.kind === 'write' ? change.offset + change.bytes.length : 0)),
  );
  const result = Buffer.alloc(space);
  content.copy(result);
  for (const change of changes) {
    if (change.kind === 'write') {
      change.bytes.copy(result, change.offset);
      size = Math.max(size, change.offset + change.bytes.length);
    } else {
      result.fill(0, change.size);
      size = change.size;
    }
  }
  return result.subarray(0, size);
}
