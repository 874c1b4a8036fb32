import { logFailureInWords } from '#lib/engines';
import { EventStoreError } from '#lib/event-store';
import { listenFailureInWords } from '#lib/http';
import { ConfigurationError } from '#lib/platform';

/**
 * What stands in the way of a start, in a sentence that says what to do; null for what nobody foresaw (then the stack
 * helps more than a sentence).
 */
export function startFailureInWords(error: unknown, env: NodeJS.ProcessEnv): string | null {
  if (error instanceof ConfigurationError) return error.message;
  const data = env['TALLYSTICK_DATA'] || './data';
  const log = env['TALLYSTICK_LOG'];
  if (error instanceof EventStoreError && !log) return inWordsOfTheLog(error, data);
  const known = logFailureInWords(error, log ?? '') ?? listenFailureInWords(error, env['TALLYSTICK_PORT'] || '3000');
  if (known !== null) return known;
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EACCES':
    case 'EEXIST':
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EROFS':
    case 'EPERM':
    case 'ENOSPC':
      return cannotUse(data, message);
    default:
      return null;
  }
}

const cannotUse = (data: string, why: string): string =>
  `The data folder ${data} cannot be used: ${why}. Set TALLYSTICK_DATA to a folder that this user may write to.`;

function inWordsOfTheLog(error: EventStoreError, data: string): string {
  if (error.code === 'STORE_IN_USE')
    return `Another process is using the data folder ${data}. Stop it, or set TALLYSTICK_DATA to another folder.`;
  return `The log in ${data} cannot be opened: ${error.message}`;
}
