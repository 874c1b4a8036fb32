import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type RunningTallystick, startTallystick } from '#lib/client';
import { peerTookPart } from './support/peers.js';

let system: RunningTallystick;
beforeAll(async () => (system = await startTallystick()));
afterAll(async () => system.stop());

/** The shell block under "The first observation", with this system's address and token in place of the printed ones. */
function readmeSession(): string {
  const readme = readFileSync('README.md', 'utf8');
  const block = /## The first observation\s[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme)?.[1];
  if (block === undefined) throw new Error('README.md has no shell block under "The first observation"');
  const session = block
    .replace(/^export URL=.*$/m, `export URL=${system.url}`)
    .replace(/^export TOKEN=.*$/m, `export TOKEN=${system.bootstrapToken}`);
  expect(session).not.toBe(block);
  return session;
}

/** All shell blocks of the walk-through, in their order. */
const walkThrough = (): string =>
  [...readFileSync('docs/first-kpi.md', 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n');

const typed = (session: string): string[] =>
  execFileSync('bash', ['-euo', 'pipefail', '-c', session]).toString().trim().split('\n');

it('given the README and the walk-through, when a newcomer types them, then everything is answered as they say', () => {
  const version = /curl (\S+)/.exec(execFileSync('curl', ['--version']).toString())![1]!;
  const output = typed(`${readmeSession()}\necho; echo WALK\n${walkThrough()}`);
  const first = output.slice(0, output.indexOf('WALK')).filter(Boolean);
  expect(JSON.parse(first.at(-2)!)).toMatchObject({ sent: 1, accepted: 1 });
  expect(JSON.parse(first.at(-1)!)).toMatchObject({ items: [{ seriesKey: 'air/pm25/station-1', value: 37.5 }] });
  const answers = output
    .slice(output.indexOf('WALK') + 1)
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(answers.filter(({ status }) => status !== undefined)).toEqual([]);
  expect(answers.at(-1)).toMatchObject({ sent: 2, accepted: 1, quarantined: 1 });
  peerTookPart('curl', version);
});
