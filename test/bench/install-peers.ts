import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EMMETT_POSTGRES } from './postgres/emmett-writers.js';
import { PEERS_FOLDER } from './stores/emmett.js';

/** The part of the peers that is compiled here (node-sqlite3), and the one that came with a later version of the benchmark. */
const LAST_TO_ARRIVE = [
  join(PEERS_FOLDER, 'node_modules', 'sqlite3', 'build', 'Release', 'node_sqlite3.node'),
  EMMETT_POSTGRES,
];
const areThere = (): boolean => LAST_TO_ARRIVE.every((file) => existsSync(file));

/**
 * Installs the peers beside the benchmark if they are not there yet; compiling node-sqlite3 takes about a minute.
 * @returns why it could not be done, or null
 */
export function installPeers(say: (text: string) => void): string | null {
  if (areThere()) return null;
  say('installing the peers: npm ci --prefix test/bench/peers (about a minute, once)');
  const install = spawnSync('npm', ['ci', '--prefix', PEERS_FOLDER], { encoding: 'utf8' });
  if (install.status === 0 && areThere()) return null;
  return (install.stderr || install.error?.message || 'npm ci left a part of them out').trim().slice(-600);
}
