// Boots every built app in an empty data folder, waits until it is ready, asks its health, and stops it by SIGTERM:
// types and tests do not prove that the built ES modules load.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY_WITHIN_ms = 10_000;
const STOPPED_WITHIN_ms = 10_000;
const SERVERS = ['all-in-one', 'sensor-intake'];
const COMMANDS = ['city-demo', 'cli'];

const within = (promise, limit_ms, what) => {
  let timer;
  const late = new Promise(
    (_, reject) => (timer = setTimeout(() => reject(new Error(`${what} took more than ${limit_ms} ms`)), limit_ms)),
  );
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

async function bootServer(app) {
  const data = mkdtempSync(join(tmpdir(), 'tallystick-boot-'));
  const started = performance.now();
  const child = spawn(process.execPath, [`dist/apps/${app}/src/main.js`], {
    env: { ...process.env, TALLYSTICK_DATA: data, TALLYSTICK_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  try {
    const url = await within(
      new Promise((resolve, reject) => {
        let text = '';
        child.stdout.on('data', (chunk) => {
          text += chunk;
          const ready = /ready at (http:\S+)/.exec(text);
          if (ready) resolve(ready[1]);
        });
        child.once('exit', (code) => reject(new Error(`${app} exited with ${code} before it was ready:\n${text}`)));
      }),
      READY_WITHIN_ms,
      `${app}: starting`,
    );
    const ready_ms = Math.round(performance.now() - started);
    const health = await fetch(`${url}/health/ready`);
    if (health.status !== 200) throw new Error(`${app}: /health/ready answered ${health.status}`);
    child.kill('SIGTERM');
    const code = await within(exited, STOPPED_WITHIN_ms, `${app}: stopping`);
    if (code !== 0) throw new Error(`${app}: exit code ${code} after SIGTERM`);
    console.log(`${app}: ready in ${ready_ms} ms, healthy, stopped cleanly`);
  } finally {
    child.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true });
  }
}

async function bootCommand(app) {
  const child = spawn(process.execPath, [`dist/apps/${app}/src/main.js`, '--help'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = await within(new Promise((resolve) => child.once('exit', resolve)), READY_WITHIN_ms, `${app} --help`);
  if (code !== 0) throw new Error(`${app} --help: exit code ${code}`);
  console.log(`${app}: answers --help`);
}

let failed = 0;
let passed = 0;
for (const [boot, apps] of [
  [bootServer, SERVERS],
  [bootCommand, COMMANDS],
]) {
  for (const app of apps) {
    try {
      await boot(app);
      passed += 1;
    } catch (error) {
      failed += 1;
      console.error(error.message);
    }
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
