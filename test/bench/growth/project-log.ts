import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EventStore } from '#lib/event-store';
import { SqliteEventStore } from '#lib/event-store-sqlite';
import { type ProjectionHost, runProjections } from '#lib/projections';

export interface Projected {
  readonly position: number;
  /** Events that a projection could not take; a benchmark with any measures something else. */
  readonly parked: number;
  readonly took_ms: number;
}

/**
 * Builds all views of a data folder from the whole log, in this thread and with nothing else to do, as the projector
 * thread does after its views were lost. What was there before is removed.
 */
export async function projectFromZero(dataFolder: string): Promise<Projected> {
  const viewsFolder = join(dataFolder, 'views');
  rmSync(viewsFolder, { recursive: true, force: true });
  mkdirSync(viewsFolder);
  const store = await SqliteEventStore.open({ file: join(dataFolder, 'log.db'), readOnly: true });
  try {
    return await untilCaughtUp(store, viewsFolder);
  } finally {
    await store.close();
  }
}

async function untilCaughtUp(store: EventStore, viewsFolder: string): Promise<Projected> {
  const startedAt = performance.now();
  let host: ProjectionHost | undefined;
  const projected = await new Promise<Projected>((done, fail) => {
    const failed = (reason: unknown): void => fail(new Error(`the views met trouble: ${JSON.stringify(reason)}`));
    runProjections({
      store,
      viewsFolder,
      onTrouble: fail,
      onSettlingTrouble: failed,
      onProgress: ({ caughtUp, position, parked }) => {
        if (caughtUp) done({ position: Number(position), parked, took_ms: performance.now() - startedAt });
      },
    }).then((started) => (host = started), fail);
  });
  await host?.stop();
  return projected;
}
