import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Health } from '#lib/platform';
import { LogWatch } from './log-watch.js';
import { FOLLOWER_BEHIND_MAX_ms, watchFollower } from './watch-follower.js';

const logged: string[] = [];
const logger = {
  warn: (_: object, text: string) => logged.push(text),
  info: (_: object, text: string) => logged.push(text),
};

describe('the watch over a log', () => {
  let watch: LogWatch | null = null;
  afterEach(() => watch?.stop());

  const until = async (condition: () => boolean): Promise<void> => {
    for (let waited_ms = 0; !condition() && waited_ms < 5000; waited_ms += 5) await pause(5);
    expect(condition()).toBe(true);
  };

  it('given a log that goes away, stands still and comes back, then readiness follows and heads are told', async () => {
    const health = new Health();
    health.up('log');
    const heads: bigint[] = [];
    let head: () => Promise<{ position: bigint } | null> = async () => ({ position: 7n });
    const options = { onHead: (position: bigint) => heads.push(position), health, logger: logger as never };
    watch = new LogWatch({ ...options, head: () => head(), interval_ms: 5, patience_ms: 30 }).start();
    await until(() => heads.includes(7n));

    head = () => Promise.reject(new Error('postgres://me:secret@host refused'));
    await until(() => !health.ready().ready);
    expect(health.ready().reasons).toEqual(['log: cannot be reached']);

    head = async () => null;
    await until(() => health.ready().ready);

    let answer = (): void => undefined;
    let asked = 0;
    head = () => {
      asked += 1;
      return new Promise((resolve) => (answer = () => resolve({ position: 9n })));
    };
    await until(() => !health.ready().ready);
    await pause(50);
    expect(asked).toBe(1);
    head = async () => ({ position: 9n });
    answer();
    await until(() => health.ready().ready && heads.includes(9n));
    expect(health.live().live).toBe(true);
  });

  it('given a question without an answer, when it is stopped, then it does not wait', async () => {
    const health = new Health();
    watch = new LogWatch({
      head: () => new Promise(() => undefined),
      onHead: () => undefined,
      health,
      logger: logger as never,
      interval_ms: 1,
    });
    watch.start();
    await pause(20);
    await watch.stop();
    expect(health.ready().ready).toBe(true);
  });
});

describe('the watch over a follower', () => {
  it('given a head that always moves on, then only a follower that stays behind an old head is not ready', () => {
    const health = new Health();
    const follower = { position: 0n };
    let head = 5n;
    let now_ms = 0;
    watchFollower(
      health,
      'registries',
      follower,
      () => head,
      () => now_ms,
    );
    expect(health.ready().ready).toBe(true);
    for (let step = 0; step < 10; step += 1) {
      now_ms += FOLLOWER_BEHIND_MAX_ms;
      follower.position = head;
      head += 5n;
      expect(health.ready().ready).toBe(true);
    }
    now_ms += FOLLOWER_BEHIND_MAX_ms + 1;
    expect(health.ready().reasons).toEqual(['registries: are behind the log']);
    follower.position = head;
    expect(health.ready().ready).toBe(true);
  });
});
