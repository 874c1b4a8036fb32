import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { ALL_IN_ONE_ENTRY, startTallystick } from '#lib/client';
import type { DoorIsOpen } from './door-child.js';
import { Poster } from './poster.js';
import { startChild, type TortureChild } from './torture-child.js';

/** One start of the system, up to its violent end. */
export interface Life {
  readonly url: string;
  readonly poster: Poster;
  /** True from the moment at which its end began: from then on answers may be missing. */
  hasEnded(): boolean;
  /** SIGKILL; resolves when the process has gone. With `stopFirst_ms` a clean stop was begun so long before. */
  end(stopFirst_ms?: number): Promise<void>;
}

/** A life of the whole application, which can also end as its operator wishes. */
export interface WholeLife extends Life {
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null>;
}

/** The log and the door alone; see `door-child.ts`. */
export async function startDoorLife(dataFolder: string): Promise<Life> {
  const child = startDoor(dataFolder);
  const url = await new Promise<string>((resolve, reject) => {
    child.hear((message) => resolve(message.url));
    void child.ended.then(() => reject(new Error(`the door ended before it was open:\n${child.stderr()}`)));
  });
  return lifeOf(url, async () => child.kill());
}

/** The whole application. */
export async function startWholeLife(dataFolder: string): Promise<WholeLife> {
  const tallystick = await startTallystick({ dataFolder });
  let isStopping = false;
  const life = lifeOf(tallystick.url, async (stopFirst_ms) => {
    if (stopFirst_ms !== undefined) {
      tallystick.process.kill('SIGTERM');
      await pause(stopFirst_ms);
    }
    await tallystick.kill();
  });
  return {
    ...life,
    hasEnded: () => isStopping || life.hasEnded(),
    stop: async () => {
      isStopping = true;
      const code = await tallystick.stop();
      life.poster.close();
      return code;
    },
  };
}

/** Kills a door that is still starting, `delay_ms` after its process was made. */
export async function killStartingDoor(dataFolder: string, delay_ms: number): Promise<void> {
  const child = startDoor(dataFolder);
  await pause(delay_ms);
  await child.kill();
}

/** Kills the whole application `delay_ms` after its process was made: most likely while it is still starting. */
export async function killStartingWhole(dataFolder: string, delay_ms: number): Promise<void> {
  const env = { ...process.env, NODE_OPTIONS: '', TALLYSTICK_PORT: '0', TALLYSTICK_DATA: dataFolder };
  const child = spawn(process.execPath, [resolve(ALL_IN_ONE_ENTRY)], { stdio: 'ignore', env });
  const endWithParent = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithParent);
  const ended = once(child, 'exit');
  await pause(delay_ms);
  child.kill('SIGKILL');
  await ended;
  process.off('exit', endWithParent);
}

function startDoor(dataFolder: string): TortureChild<object, DoorIsOpen> {
  return startChild('support/door-child.js', [join(dataFolder, 'log.db')]);
}

function lifeOf(url: string, kill: (stopFirst_ms?: number) => Promise<void>): Life {
  const poster = new Poster(url);
  let ended = false;
  return {
    url,
    poster,
    hasEnded: () => ended,
    end: async (stopFirst_ms) => {
      ended = true;
      await kill(stopFirst_ms);
      poster.close();
    },
  };
}

const pause = (delay_ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delay_ms));
