import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'demo.json';
/** Only the person who runs the demo may read its tokens. */
const OWNER_ONLY = 0o600;

/** What a stopped demo must know to go on: which city, how far, and how to sign in. */
export interface DemoState {
  readonly seed: number;
  readonly start_ms: number;
  /** Ticks before it have reached the log. */
  sentUntil_ms: number;
  /** Whether targets, reviews and actions have been played. */
  managed: boolean;
  /** Day (`YYYY-MM-DD`) on which playing them began: what is reviewed follows from it, also when it ends on another day. */
  managedOn?: string;
  /** Token by person. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Key by source. */
  readonly keys: Readonly<Record<string, string>>;
}

/** The state that an earlier run left in the folder, or null. */
export function readState(folder: string): DemoState | null {
  const file = join(folder, FILE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DemoState) : null;
}

/** Replaces the state in one step, so that a demo killed while writing still finds the one before. */
export function writeState(folder: string, state: DemoState): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, FILE);
  writeFileSync(`${file}.new`, JSON.stringify(state, null, 2), { mode: OWNER_ONLY });
  renameSync(`${file}.new`, file);
}
