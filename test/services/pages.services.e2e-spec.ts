import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { findBrowser, look } from '../../apps/dashboard/preview/look.mjs';
import { Client } from '#lib/client';
import { type RunningTallystick, startTallystick } from '#lib/client';
import { peerTookPart } from './support/peers.js';

/** Pages at two widths in two languages: sign-in, overview, KPI, and both of these as of a position. */
const SCREENSHOTS = 20;

let system: RunningTallystick;
let outFolder: string;
beforeAll(async () => {
  system = await startTallystick();
  // TALLYSTICK_TEST_SCREENSHOTS keeps them for somebody to look at.
  outFolder = process.env['TALLYSTICK_TEST_SCREENSHOTS'] ?? mkdtempSync(join(tmpdir(), 'tallystick-pages-'));
});
afterAll(async () => {
  await system.stop();
  if (process.env['TALLYSTICK_TEST_SCREENSHOTS'] === undefined) rmSync(outFolder, { recursive: true, force: true });
});

it('given a simulated city in the real system, when every page is looked at, then axe, console and policy report nothing', async () => {
  const admin = await new Client(system.url).bootstrap(system.bootstrapToken!, 'root');
  const options = ['--history-only', '--days', '120', '--url', system.url, '--token', admin.token!];
  execFileSync(process.execPath, ['dist/apps/city-demo/src/main.js', ...options], { stdio: 'pipe' });
  const reader = await admin.registerPerson('reader', 'employee');
  const browserPath = findBrowser()!;
  const version = /(\d+(\.\d+)+)/.exec(execFileSync(browserPath, ['--version']).toString())![1]!;
  const { screenshots, problems } = await look({ baseUrl: system.url, outFolder, token: reader.token!, browserPath });
  expect(problems).toEqual([]);
  expect(screenshots).toHaveLength(SCREENSHOTS);
  peerTookPart('chromium', version);
});
