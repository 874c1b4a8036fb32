import { parentPort, workerData } from 'node:worker_threads';
import { openEventStore } from '#lib/engines';
import { digestOfViews, runProjections } from '#lib/projections';
import { Generations } from '#lib/read-models';
import type { FromProjector, ProjectorThreadData, ToProjector } from './projector-messages.js';

/** The projector thread: reads the log on a connection of its own and writes the views, so that both cores work. */
const { logUrl, viewsFolder } = workerData as ProjectorThreadData;
/** One listens for commits, one reads; the third would write and is never opened. */
const CONNECTIONS_MAX = 3;
const port = parentPort!;
const tell = (message: FromProjector): void => port.postMessage(message);
const textOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

const store = await openEventStore(logUrl, {
  readOnly: true,
  connections_max: CONNECTIONS_MAX,
  applicationName: 'tallystick projector',
});
const host = await runProjections({
  store,
  viewsFolder,
  onProgress: (progress) => tell({ kind: 'progress', progress }),
  onSwap: (generation) => tell({ kind: 'swapped', generation }),
  onTrouble: (error) => tell({ kind: 'trouble', message: textOf(error) }),
  onSettlingTrouble: (trouble) => tell({ kind: 'settling-trouble', ...trouble }),
});

/** The digest is taken from a snapshot on a connection of its own; the views wait for it, as this thread has one core. */
function digestOfLiveViews(id: number): void {
  const generations = new Generations(viewsFolder);
  const database = generations.open(generations.live()!, { readOnly: true });
  try {
    database.snapshot(() => {
      const position = database.get<{ position: number }>('SELECT position FROM checkpoint WHERE id = 1')!.position;
      tell({ kind: 'digest', id, digest: digestOfViews(database), position: String(position) });
    });
  } finally {
    database.close();
  }
}

function rebuild(): void {
  host.rebuild().then(
    () => tell({ kind: 'rebuild-ended', error: null }),
    (error: unknown) => tell({ kind: 'rebuild-ended', error: textOf(error) }),
  );
}

port.on('message', (message: ToProjector) => {
  if (message.kind === 'wake') store.wake?.();
  else if (message.kind === 'rebuild') rebuild();
  else if (message.kind === 'digest') digestOfLiveViews(message.id);
  else void host.stop();
});

const end = await host.done;
await store.close();
tell({ kind: 'ended', end });
port.close();
