// Runs jest as native ESM and prints the one line that CI adds up: `N passed, N failed, N skipped`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'tallystick-jest-'));
const report = join(folder, 'report.json');
const run = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--no-warnings',
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${report}`,
    ...process.argv.slice(2),
  ],
  { stdio: ['inherit', 'ignore', 'inherit'] },
);
let failed = run.status !== 0;
try {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  const broken = result.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failures = result.numFailedTests + broken;
  console.log(`${result.numPassedTests} passed, ${failures} failed, ${result.numPendingTests} skipped`);
  if (result.numPassedTests === 0) failed = true;
  if (process.env.CI === 'true' && result.numPendingTests > 0) {
    console.error('CI has ../shared, so no test may skip there.');
    failed = true;
  }
} catch (error) {
  console.error(`no test report: ${error.message}`);
  failed = true;
}
rmSync(folder, { recursive: true, force: true });
process.exit(failed ? 1 : 0);
