// Starts what the service tests need, runs them, and proves that every expected real server or foreign client took part:
// a test that met its peer calls `peerTookPart(name, version)`; each one is printed as `peer: NAME VERSION`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names that must appear; a later door adds its peer here together with its test. */
const EXPECTED_PEERS = ['chromium', 'cloudevents', 'curl', 'strace', 'libfiu', 'libfaketime', 'postgresql'];
/** Debian packages by the program that shows they are there. */
const PROGRAMS = { '/usr/bin/chromium': ['chromium', 'fonts-noto-cjk'], '/usr/bin/curl': ['curl'] };

const run = (command, args, options = {}) => spawnSync(command, args, { stdio: 'inherit', ...options }).status === 0;

function installMissing() {
  const missing = Object.entries(PROGRAMS)
    .filter(([program]) => !existsSync(program))
    .flatMap(([, packages]) => packages);
  if (missing.length === 0) return;
  console.log(`installing ${missing.join(', ')}`);
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: ['ignore', 'ignore', 'inherit'] };
  const installed =
    run('apt-get', ['-qq', 'update'], quiet) &&
    run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...missing], quiet);
  if (!installed) console.error(`could not install ${missing.join(', ')}: install them by hand and try again`);
}

installMissing();
const folder = mkdtempSync(join(tmpdir(), 'tallystick-peers-'));
const peersFile = join(folder, 'peers');
const passed = run(
  process.execPath,
  ['test/run-jest.mjs', '--config', 'jest.services.config.mjs', ...process.argv.slice(2)],
  {
    env: { ...process.env, TALLYSTICK_TEST_PEERS_FILE: peersFile },
  },
);
const peers = new Map(
  (existsSync(peersFile) ? readFileSync(peersFile, 'utf8') : '')
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('\t')),
);
rmSync(folder, { recursive: true, force: true });
for (const [name, version] of peers) console.log(`peer: ${name} ${version}`);
const absent = EXPECTED_PEERS.filter((name) => !peers.has(name));
for (const name of absent) console.error(`peer missing: ${name} did not take part`);
process.exit(passed && absent.length === 0 ? 0 : 1);
