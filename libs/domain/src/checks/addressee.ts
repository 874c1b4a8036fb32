import { invalid } from '../errors.js';

/**
 * A command that names another thing than the stream it was sent to would write foreign ids into that stream. That is a
 * fault of the caller, found here because nobody later could tell which of the two was meant.
 *
 * @param model prefix of the code, for example `KPI`
 */
export function requireAddressee(model: string, named: unknown, own: string | undefined): void {
  if (named === own) return;
  throw invalid(
    `${model}.OTHER_ADDRESSEE`,
    `The command names ${JSON.stringify(named) ?? 'nothing'}, but was sent to ${own}; send it to what it names.`,
  );
}
