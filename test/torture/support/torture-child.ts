import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';

/** Where `npm run build` puts the compiled cases, from the repository's root. */
const COMPILED_FOLDER = join('dist', 'test', 'torture');
const STDERR_KEPT_CHARACTERS = 4_096;

/** A process of a case, spoken to by messages. It ends with this process, whatever ends that. */
export interface TortureChild<ToChild extends object, FromChild> {
  readonly process: ChildProcess;
  send(message: ToChild): void;
  /** Every message, from now on. */
  hear(listener: (message: FromChild) => void): void;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** SIGKILL, and waits. Also ends a process that is stopped. */
  kill(): Promise<void>;
  /** What it printed on stderr last. */
  stderr(): string;
}

/** @param script relative to `test/torture`, with the ending `.js` */
export function startChild<ToChild extends object, FromChild>(
  script: string,
  args: readonly string[],
): TortureChild<ToChild, FromChild> {
  const child = fork(resolve(COMPILED_FOLDER, script), args, {
    execArgv: ['--enable-source-maps'],
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const endWithParent = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithParent);
  const ended = once(child, 'exit').then(() => void process.off('exit', endWithParent));
  let stderr = '';
  child.stderr
    ?.setEncoding('utf8')
    .on('data', (text: string) => (stderr = (stderr + text).slice(-STDERR_KEPT_CHARACTERS)));
  return {
    process: child,
    // The child may be dead already: that is what these cases are about.
    send: (message) => void (child.connected && child.send(message, () => undefined)),
    hear: (listener) => void child.on('message', listener as (message: unknown) => void),
    ended,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    stderr: () => stderr,
  };
}

/** In the child: hears its parent, and ends when the parent has gone. */
export function hearParent<ToChild>(listener: (message: ToChild) => void): void {
  process.on('message', (message) => listener(message as ToChild));
  process.once('disconnect', () => process.exit(0));
}

/** In the child: resolves when the message has left. */
export function tellParent<FromChild extends object>(message: FromChild): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve();
    process.send(message, () => resolve());
  });
}
