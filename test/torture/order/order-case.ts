import { join } from 'node:path';
import type { EventStore } from '#lib/event-store';
import { SqliteEventStore } from '#lib/event-store-sqlite';
import { Random } from '../random.js';
import type { Report } from '../report.js';
import { startChild, type TortureChild } from '../support/torture-child.js';
import { walkLog } from '../support/walk-log.js';
import type { TortureCase, TortureRun } from '../torture-case.js';
import { FollowedOrder, type SeenOrder } from './followed-order.js';
import type { FromSubscriber, ReadUpTo } from './subscriber-child.js';
import { Winners, writeInConflict } from './writers.js';

const WRITERS = 64;
/** A subscriber that is restarted takes so many events at most before it starts again from its checkpoint. */
const LIFE_EVENTS_MAX = 2_000;
/** With the child's poll far below, a subscriber that needs longer for the last events has lost them. */
const CATCH_UP_MAX_MS = 30_000;

interface Subscriber {
  readonly name: string;
  /** Resolves when everything up to this position has been seen. */
  finish(position: bigint): Promise<SeenOrder>;
}

export const orderCase: TortureCase = {
  name: 'order',
  summary:
    '64 writers append to 100 streams at the revision they read, four subscribers follow: one winner a revision, every position once and in order; counts appends',
  defaultCount: 20_000,
  fullCount: 100_000,
  timeLimit_ms: (count) => 60_000 + count * 5,
  run: runOrder,
};

async function runOrder({ seed, count, report, folder }: TortureRun): Promise<void> {
  const random = new Random(seed);
  const file = join(folder, 'log.db');
  const store = await SqliteEventStore.open({ file });
  try {
    const subscribers = [
      followAtOnce(store),
      await followFromOutside(file),
      followWithRestarts('restarted on the writing store', random.fork('restarts-1'), report, async (follow) => {
        await follow(store);
      }),
      followWithRestarts('reopened on a read-only store', random.fork('restarts-2'), report, async (follow) => {
        const reopened = await SqliteEventStore.open({ file, readOnly: true, poll_ms: 5 });
        await follow(reopened).finally(() => reopened.close());
      }),
    ];
    const winners = new Winners(report);
    let left = count;
    const writers = Array.from({ length: WRITERS }, (_, index) => {
      const name = `writer-${index}`;
      return writeInConflict({ store, random: random.fork(name), name, winners, report, next: () => left-- > 0 });
    });
    await Promise.all(writers);
    await checkSubscribers(subscribers, (await store.head())?.position ?? 0n, file, winners, report);
  } finally {
    await store.close();
  }
}

async function checkSubscribers(
  subscribers: readonly Subscriber[],
  head: bigint,
  file: string,
  winners: Winners,
  report: Report,
): Promise<void> {
  const truth = new FollowedOrder();
  await walkLog(file, report, (event) => {
    truth.take(event);
    winners.check(event.stream, event.revision, event.id);
  });
  const { events, hash } = truth.seen();
  const acknowledged = winners.total();
  if (events < acknowledged) report.lost(`${acknowledged} events were acknowledged, the log holds ${events}`);
  report.check(report.count('conflicts') > 0, () => 'no writer ever met a conflict: nothing was tried');
  for (const { name, finish } of subscribers) {
    const seen = await finish(head);
    for (const disorder of seen.disorders) report.violated(`subscriber ${name}: ${disorder}`);
    report.check(seen.events === events && seen.hash === hash, () => `subscriber ${name} saw ${JSON.stringify(seen)}`);
    report.tried('positions followed', seen.events);
  }
}

/** One subscription for the whole run, in this process. */
function followAtOnce(store: EventStore): Subscriber {
  const order = new FollowedOrder();
  const abort = new AbortController();
  const followed = (async () => {
    for await (const { events } of store.subscribe({ signal: abort.signal }))
      for (const event of events) order.take(event);
  })();
  return {
    name: 'at once',
    finish: async (position) => {
      await until(() => order.position >= position);
      abort.abort();
      await followed;
      return order.seen();
    },
  };
}

async function followFromOutside(file: string): Promise<Subscriber> {
  const child: TortureChild<ReadUpTo, FromSubscriber> = startChild('order/subscriber-child.js', [file]);
  let seen: SeenOrder | null = null;
  await new Promise<void>((resolve, reject) => {
    child.hear((message) => {
      if (message.kind === 'ready') resolve();
      else seen = message.seen;
    });
    void child.ended.then(() => reject(new Error(`the subscriber's process ended: ${child.stderr()}`)));
  });
  return {
    name: 'in another process',
    finish: async (position) => {
      child.send({ position: String(position) });
      await until(() => seen !== null || child.process.exitCode !== null);
      await child.kill();
      return seen ?? { events: 0, position: '0', hash: '', disorders: [`it saw no end: ${child.stderr()}`] };
    },
  };
}

/** Breaks off after a random number of events, also in the middle of a batch, and goes on from the last event it took. */
function followWithRestarts(
  name: string,
  random: Random,
  report: Report,
  withStore: (follow: (store: EventStore) => Promise<void>) => Promise<void>,
): Subscriber {
  const order = new FollowedOrder();
  const end = new AbortController();
  const followForAWhile = async (store: EventStore): Promise<void> => {
    let left = random.integer(1, LIFE_EVENTS_MAX);
    const options = { after: order.position, signal: end.signal, batchSize: random.integer(1, 500) };
    for await (const { events } of store.subscribe(options))
      for (const event of events) {
        order.take(event);
        if (--left === 0) return;
      }
  };
  const followed = (async () => {
    while (!end.signal.aborted) {
      await withStore(followForAWhile);
      report.tried('restarts of subscribers');
    }
  })();
  return {
    name,
    finish: async (position) => {
      await until(() => order.position >= position);
      end.abort();
      await followed;
      return order.seen();
    },
  };
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + CATCH_UP_MAX_MS;
  while (!holds() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
}
