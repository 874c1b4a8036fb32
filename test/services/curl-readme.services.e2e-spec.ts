import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type RunningTallystick, startTallystick } from '../support/start-tallystick.js';
import { peerTookPart } from './support/peers.js';

let system: RunningTallystick;
beforeAll(async () => (system = await startTallystick()));
afterAll(async () => system.stop());

/** The shell block under "The first observation", with this system's address and token in place of the printed ones. */
function readmeSession(): string {
  const readme = readFileSync('README.md', 'utf8');
  const block = /## The first observation\s+```sh\n([\s\S]*?)```/.exec(readme)?.[1];
  if (block === undefined) throw new Error('README.md has no shell block under "The first observation"');
  const session = block
    .replace(/^export URL=.*$/m, `export URL=${system.url}`)
    .replace(/^export TOKEN=.*$/m, `export TOKEN=${system.bootstrapToken}`);
  expect(session).not.toBe(block);
  return session;
}

it('given the README, when a newcomer types its curl session, then the first observation is stored and read back', () => {
  const version = /curl (\S+)/.exec(execFileSync('curl', ['--version']).toString())![1]!;
  const output = execFileSync('bash', ['-euo', 'pipefail', '-c', readmeSession()]).toString().trim().split('\n');
  expect(JSON.parse(output.at(-2)!)).toMatchObject({ sent: 1, accepted: 1 });
  expect(JSON.parse(output.at(-1)!)).toMatchObject({ items: [{ seriesKey: 'air/pm25/station-1', value: 37.5 }] });
  peerTookPart('curl', version);
});
