/** Follows the log in a process of its own, on a read-only store. Arguments: the log file. Ends when told up to where. */
import { SqliteEventStore } from '#lib/event-store-sqlite';
import { hearParent, tellParent } from '../support/torture-child.js';
import { FollowedOrder, type SeenOrder } from './followed-order.js';

export interface ReadUpTo {
  readonly position: string;
}
export type FromSubscriber = { readonly kind: 'ready' } | { readonly kind: 'seen'; readonly seen: SeenOrder };

const END_POLL_MS = 20;
const store = await SqliteEventStore.open({ file: process.argv[2]!, readOnly: true, poll_ms: 5 });
const order = new FollowedOrder();
const abort = new AbortController();
hearParent<ReadUpTo>(({ position }) => {
  setInterval(() => {
    if (order.position >= BigInt(position)) abort.abort();
  }, END_POLL_MS).unref();
});
await tellParent<FromSubscriber>({ kind: 'ready' });
for await (const { events } of store.subscribe({ signal: abort.signal, batchSize: 200 }))
  for (const event of events) order.take(event);
await store.close();
await tellParent<FromSubscriber>({ kind: 'seen', seen: order.seen() });
process.exit(0);
