import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from '#lib/client';
import { type DemoState, readState } from '../src/demo-state.js';

/** The management takes about a second: its middle is found by asking often. */
const POLL_MS = 5;
const ENTRY = resolve('dist', 'apps', 'city-demo', 'src', 'main.js');

interface Ended {
  readonly code: number | null;
  readonly printed: string;
}

/** Runs the demo to its end. When it has printed where it is, `meanwhile` is called once, and SIGTERM sent after it. */
function demo(args: readonly string[], meanwhile?: (url: string) => Promise<void>): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [ENTRY, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    let isCalled = false;
    const hear = (chunk: Buffer): void => {
      printed += chunk.toString();
      const url = /Open (http\S+) and sign in/.exec(printed)?.[1];
      if (url === undefined || meanwhile === undefined || isCalled) return;
      isCalled = true;
      meanwhile(url)
        .finally(() => child.kill('SIGTERM'))
        .catch(fail);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('close', (code) => done({ code, printed }));
  });
}

/** Runs the demo and kills it, and the system it started, in the instant in which `isReached` first says so. */
async function demoKilledAt(
  args: readonly string[],
  folder: string,
  isReached: (url: string, state: DemoState) => Promise<boolean>,
): Promise<{ readonly signal: NodeJS.Signals | null; readonly printed: string }> {
  const child = spawn(process.execPath, [ENTRY, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  while (child.exitCode === null) {
    const url = /Tallystick is at (http\S+)/.exec(printed)?.[1];
    const state = readState(folder);
    if (url !== undefined && state !== null && (await isReached(url, state))) break;
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
  // A killed demo cannot stop its system any more, which would keep the folder to itself.
  const systems = child.exitCode === null ? execFileSync('pgrep', ['-P', String(child.pid)]).toString() : '';
  child.kill('SIGKILL');
  for (const pid of systems.split('\n').filter(Boolean)) process.kill(Number(pid), 'SIGKILL');
  const [, signal] = await ended;
  return { signal, printed };
}

const hasReview = async (url: string, { tokens }: DemoState): Promise<boolean> =>
  (await new Client(url, tokens['demo-auditor']).getAll('/v1/reviews')).length > 0;

describe('the demo', () => {
  let folder: string;
  let options: string[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tallystick-city-'));
    options = ['--days', '30', '--port', '0', '--data', folder];
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('given an empty folder, then it registers the city, loads the history and begins its management', async () => {
    const { signal, printed } = await demoKilledAt([...options, '--history-only'], folder, hasReview);
    expect(signal).toBe('SIGKILL');
    expect(printed).toContain('registered: 6 units, 20 KPIs, 66 series');
    const accepted = Number(/history: ([\d,]+) accepted/.exec(printed)?.[1]?.replaceAll(',', ''));
    expect(accepted).toBeGreaterThan(80_000);
    expect(printed).toContain(' 100 % ');
    expect(printed).not.toContain('sign in with one of these tokens');
  });

  it('given it was killed in the middle of its management, then it takes it up again and ends it', async () => {
    const { code, printed } = await demo([...options, '--history-only']);
    expect(printed).toContain('the history is there already');
    expect(printed).toContain('sign in with one of these tokens');
    expect(printed.trimEnd()).toMatch(/stopped$/);
    expect(code).toBe(0);
  });

  it('given a history that is there, then it goes on live, keeps its figures and stops when told to', async () => {
    const { tokens } = JSON.parse(readFileSync(join(folder, 'demo.json'), 'utf8')) as DemoState;
    let seen: unknown;
    const { code, printed } = await demo(options, async (url) => {
      seen = await look(new Client(url, tokens['demo-auditor']));
    });
    expect(printed).toContain('the history is there already');
    expect(seen).toEqual({ kpis: 20, reviews: 4, proposed: 4, approved: 2, rejected: 1 });
    expect(code).toBe(0);
  });

  it("given a folder that is not a demo's, then --fresh refuses it and deletes nothing", async () => {
    const foreign = mkdtempSync(join(tmpdir(), 'tallystick-city-'));
    try {
      writeFileSync(join(foreign, 'kept.txt'), 'mine');
      const { code, printed } = await demo(['--fresh', '--data', foreign, '--port', '0']);
      expect(printed).toMatch(/not a demo's.*--data/);
      expect([code, readFileSync(join(foreign, 'kept.txt'), 'utf8')]).toEqual([1, 'mine']);
    } finally {
      rmSync(foreign, { recursive: true });
    }
  });

  it('given a mistake in the command line, then it names it and does nothing', async () => {
    const { code, printed } = await demo(['--days', 'many']);
    expect(code).toBe(2);
    expect(printed).toContain('--days takes a whole number from 30 to 3650, not many');
  });
});

async function look(client: Client): Promise<object> {
  const kpis = await client.getAll('/v1/kpis');
  const reviews = await client.getAll('/v1/reviews');
  const trail = await client.getAll<{ type: string }>('/v1/audit-trail');
  const count = (type: string): number => trail.filter((entry) => entry.type === type).length;
  return {
    kpis: kpis.length,
    reviews: reviews.length,
    proposed: count('TargetChangeProposed'),
    approved: count('TargetChangeApproved'),
    rejected: count('TargetChangeRejected'),
  };
}
