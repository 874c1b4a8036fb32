/** Another owner has taken this generation over; whatever this one was about to write was rolled back. Stop writing. */
export class OwnershipLost extends Error {
  override readonly name = 'OwnershipLost';
  readonly code = 'OWNERSHIP_LOST';
}

/** There is no generation of the views to read from (yet), or its tables are older than this program. Try again later. */
export class ViewsNotReady extends Error {
  override readonly name = 'ViewsNotReady';
  readonly code = 'VIEWS_NOT_READY';
}

/** SQLite result codes that speak of the disk, the file or another writer, and never of the event being projected. */
const ENGINE_TROUBLE = /^SQLITE_(FULL|IOERR|BUSY|LOCKED|CORRUPT|NOTADB|READONLY|CANTOPEN|NOMEM|PERM|PROTOCOL)/;

/** True when the error comes from the engine under the views: trying the same events again later is right. */
export function isEngineTrouble(error: unknown): boolean {
  // By its shape: an error of the native module may come from another realm than ours.
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' && ENGINE_TROUBLE.test(code);
}

/** True when a statement named a table or column that the file does not have: a generation of another program version. */
export function isForeignSchema(error: unknown): boolean {
  const { message } = (error ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' && /^no such (table|column)/.test(message);
}
