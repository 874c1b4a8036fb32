import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const START_TIMEOUT_ms = 30_000;
const ENTRY = 'dist/apps/sensor-intake/src/main.js';

/** A sensor intake, as built, in a process of its own. */
export interface IntakeProcess {
  readonly url: string;
  readonly process: ChildProcess;
  readonly output: () => string;
  /** The exit code; null after a signal that was not handled. */
  readonly ended: Promise<number | null>;
  stop(): Promise<number | null>;
}

/** @throws Error with what it printed, when it ends first or is not ready in time */
export async function startIntakeProcess(log: string): Promise<IntakeProcess> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('TALLYSTICK_'));
  const child = spawn(process.execPath, ['--enable-source-maps', ENTRY], {
    env: { ...Object.fromEntries(inherited), NODE_OPTIONS: '', TALLYSTICK_LOG: log, TALLYSTICK_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let changed = (): void => undefined;
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      changed();
    });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  void ended.then(() => changed());
  const late = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_ms);
  let url: string | undefined;
  while ((url = /ready at (http:\S+)/.exec(text)?.[1]) === undefined) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the intake ended:\n${text}`);
    await new Promise<void>((resolve) => (changed = resolve));
  }
  clearTimeout(late);
  const stop = (): Promise<number | null> => {
    child.kill('SIGTERM');
    return ended;
  };
  return { url, process: child, output: () => text, ended, stop };
}
