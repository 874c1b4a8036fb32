import { invalid, notFound } from '../errors.js';

/** How a decision model speaks of its things. */
export interface Subject {
  /** Prefix of its codes, for example `KPI`. */
  readonly model: string;
  /** In a sentence, for example `KPI`. */
  readonly noun: string;
  /** How a thing comes into being, for example `define it first`. */
  readonly remedy: string;
}

/**
 * Refuses a command that does not name the thing whose stream it was sent to. It would act on one thing under the id of
 * another; nobody later could tell which of the two was meant.
 *
 * @param named the id in the command
 * @param own the id in the stream's state; undefined while the thing does not exist
 */
export function requireAddressee(subject: Subject, named: unknown, own: string | undefined): void {
  const { model, noun, remedy } = subject;
  if (typeof named !== 'string') {
    throw invalid(`${model}.NO_ADDRESSEE`, `The command does not name the ${noun} it is about; name it by its id.`);
  }
  if (own === undefined) throw notFound(`${model}.UNKNOWN`, `There is no ${noun} ${named}; ${remedy}.`);
  if (named === own) return;
  throw invalid(`${model}.OTHER_ADDRESSEE`, `The command names ${named}, but was sent to ${own}; send it to ${named}.`);
}
