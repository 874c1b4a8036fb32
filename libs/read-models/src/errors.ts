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
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && ENGINE_TROUBLE.test(code);
}

/** True when a statement named a table or column that the file does not have: a generation of another program version. */
export function isForeignSchema(error: unknown): boolean {
  return error instanceof Error && /^no such (table|column)/.test(error.message);
}
