import { LogNotOpened, LogUrlError } from '#lib/engines';
import { EventStoreError } from '#lib/event-store';
import { LogMovingError } from '#lib/log-moving';
import { ArchiveFileError } from './archive-file.js';

/** What stood in the way, in a sentence; null for what nobody foresaw (then the stack helps more). */
export function failureInWords(error: unknown): string | null {
  if (error instanceof LogUrlError || error instanceof LogNotOpened || error instanceof ArchiveFileError)
    return error.message;
  if (error instanceof LogMovingError) return `${error.code}: ${error.message}`;
  if (error instanceof EventStoreError)
    return error.code === 'STORE_IN_USE'
      ? `${error.message}. Stop the service first.`
      : `${error.code}: ${error.message}`;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EPIPE') return 'whoever reads the output has gone away';
  if (typeof code === 'string' && /^(E[A-Z]+|SQLITE_[A-Z_]+)$/.test(code)) return message;
  return error instanceof Error && error.message.includes('is not an event log') ? message : null;
}
