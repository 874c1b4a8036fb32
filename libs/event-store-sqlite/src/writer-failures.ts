/** SQLite's messages are the same for many faults; its code says whether a read, a write or a sync failed. */
function textOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const { code } = cause as { code?: unknown };
  return typeof code === 'string' ? `${cause.message}, ${code}` : cause.message;
}

/** Nothing of the group was written and the log is as before; a later group may succeed. */
export class NotWritten extends Error {
  override readonly name = 'NotWritten';
  constructor(message: string, cause: unknown) {
    super(`${message} (${textOf(cause)})`, { cause });
  }
}

/** Nobody knows any more what the disk holds. The writer must stop; only a restart reads the truth from the file. */
export class LogFailure extends Error {
  override readonly name = 'LogFailure';
  constructor(cause: unknown) {
    super(`the log could not be written: ${textOf(cause)}`, { cause });
  }
}
