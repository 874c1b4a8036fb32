/**
 * Owns the views of a folder, in a process of its own that can be frozen. Arguments: the log file, the folder of the views.
 * Ends by itself when another owner has taken the views over.
 */
import { SqliteEventStore } from '#lib/event-store-sqlite';
import { runProjections, type RunnerEnd } from '#lib/projections';
import { hearParent, tellParent } from '../support/torture-child.js';

export interface ToOwner {
  readonly kind: 'rebuild' | 'stop';
}
export type FromOwner =
  | { readonly kind: 'progress'; readonly position: string }
  | { readonly kind: 'trouble'; readonly message: string }
  | { readonly kind: 'ended'; readonly end: RunnerEnd };

const [logFile, viewsFolder] = process.argv.slice(2) as [string, string];
const tell = (message: FromOwner): void => void tellParent(message);
const store = await SqliteEventStore.open({ file: logFile, readOnly: true, poll_ms: 5 });
const host = await runProjections({
  store,
  viewsFolder,
  onProgress: ({ position }) => tell({ kind: 'progress', position }),
  onTrouble: (error) => tell({ kind: 'trouble', message: String(error) }),
});
hearParent<ToOwner>(({ kind }) => {
  // A rebuild that is given up because the views were taken over is what is expected here.
  if (kind === 'rebuild') host.rebuild().catch(() => undefined);
  else void host.stop();
});
const end = await host.done;
await store.close();
await tellParent<FromOwner>({ kind: 'ended', end });
process.exit(0);
