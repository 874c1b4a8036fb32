import { logFailureInWords } from '#lib/engines';
import { listenFailureInWords } from '#lib/http';
import { ConfigurationError, type Configuration } from '#lib/platform';

/**
 * What stands in the way of a start, in a sentence that says what to do; null for what nobody foresaw (then the stack
 * helps more than a sentence). @param config null when it could not be read
 */
export function startFailureInWords(error: unknown, config: Configuration | null): string | null {
  if (error instanceof ConfigurationError) return error.message;
  if (config === null) return null;
  return logFailureInWords(error, config.log) ?? listenFailureInWords(error, String(config.port));
}
