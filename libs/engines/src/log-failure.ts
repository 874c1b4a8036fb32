import { EventStoreError } from '#lib/event-store';
import { LogUrlError, parseLogUrl } from './log-url.js';
import { LogNotOpened } from './open-event-store.js';

/**
 * Why the log could not be opened at the start of a service, in a sentence that says what to do; null when the error has
 * nothing to do with the log. @param url a URL that `parseLogUrl` takes
 */
export function logFailureInWords(error: unknown, url: string): string | null {
  if (error instanceof LogUrlError || error instanceof LogNotOpened) return sentence(error.message);
  if (!(error instanceof EventStoreError)) return null;
  const { name, file } = parseLogUrl(url);
  if (error.code === 'STORE_IN_USE')
    return file === undefined
      ? `Another process holds the log ${name}: ${error.message}.`
      : `Another process appends to ${file}, and SQLite has one writer. Stop it, or put the log where several processes can append: TALLYSTICK_LOG=postgres://… or esdb://…`;
  return `The log ${name} cannot be opened: ${error.message}`;
}

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
