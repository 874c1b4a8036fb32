import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PEERS_FOLDER } from './stores/emmett.js';

/** The part of the peers that is compiled here (node-sqlite3); when it is there, everything is. */
const LAST_TO_ARRIVE = join(PEERS_FOLDER, 'node_modules', 'sqlite3', 'build', 'Release', 'node_sqlite3.node');

/**
 * Installs the peers beside the benchmark if they are not there yet; compiling node-sqlite3 takes about a minute.
 * @returns why it could not be done, or null
 */
export function installPeers(say: (text: string) => void): string | null {
  if (existsSync(LAST_TO_ARRIVE)) return null;
  say('installing the peers: npm ci --prefix test/bench/peers (about a minute, once)');
  const install = spawnSync('npm', ['ci', '--prefix', PEERS_FOLDER], { encoding: 'utf8' });
  if (install.status === 0 && existsSync(LAST_TO_ARRIVE)) return null;
  return (install.stderr || install.error?.message || 'npm ci left no compiled node-sqlite3').trim().slice(-600);
}
