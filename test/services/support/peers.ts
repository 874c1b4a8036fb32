import { appendFileSync } from 'node:fs';

/**
 * Notes that a real server or foreign client took part in a test, so that `npm run test:services` can print it and fail
 * when an expected one did not.
 */
export function peerTookPart(name: string, version: string): void {
  const file = process.env['TALLYSTICK_TEST_PEERS_FILE'];
  if (file !== undefined) appendFileSync(file, `${name}\t${version}\n`);
}
