/** Programs and libraries of Debian that some tests need: found, or installed as root, or asked for by name. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Debian package by the name under which a test asks, with the file that shows that it is there. */
const DEBIAN = {
  strace: { packages: ['strace'], file: '/usr/bin/strace' },
  libfiu: { packages: ['fiu-utils', 'libfiu0'], file: '/usr/lib/fiu/fiu_posix_preload.so' },
  faketime: { packages: ['faketime', 'libfaketime'], file: '/usr/bin/faketime' },
} as const;

export type DebianName = keyof typeof DEBIAN;

/**
 * Makes sure that the package is there.
 * @returns the installed version, for reports
 * @throws Error naming what to install, when it is missing and could not be installed
 */
export function needFromDebian(name: DebianName): string {
  const { packages, file } = DEBIAN[name];
  if (!existsSync(file)) install(packages);
  if (!existsSync(file)) {
    throw new Error(`${file} is missing: install ${packages.join(' and ')} (apt-get install ${packages.join(' ')})`);
  }
  const query = spawnSync('dpkg-query', ['-W', '-f', '${Version}', packages[0]], { encoding: 'utf8' });
  return query.status === 0 ? query.stdout : 'unknown';
}

function install(packages: readonly string[]): void {
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: 'ignore' } as const;
  if (spawnSync('apt-get', ['-qq', 'update'], quiet).status !== 0) return;
  spawnSync('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...packages], quiet);
}
