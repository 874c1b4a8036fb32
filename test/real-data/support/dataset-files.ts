import { describe, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Published data sets with independently computed answers; they lie beside the repository and are never copied into it. */
const DATASETS_FOLDER = resolve('..', 'shared', 'datasets');

/** One row of a CSV file, by column name. */
export type Row = Readonly<Record<string, string>>;

/**
 * `describe`, or a loud skip where the data sets are not there (a clone of this repository alone). The tests themselves read
 * the files while they are being described, so in their place stands one that says what is needed.
 */
export function describeWithDataset(name: string, tests: () => void): void {
  const isThere = existsSync(join(DATASETS_FOLDER, name));
  if (!isThere) process.stderr.write(`SKIPPED: real data ${name}: ${join(DATASETS_FOLDER, name)} is not there\n`);
  const needed = (): void => it('needs ../shared/datasets', () => undefined);
  (isThere ? describe : describe.skip)(`real data: ${name}`, isThere ? tests : needed);
}

export const datasetText = (name: string, file: string): string =>
  readFileSync(join(DATASETS_FOLDER, name, file), 'utf8');

/** The reference answers as they stand in `reference.json`; their shape differs from data set to data set. */
export function referenceAnswers<Answers>(name: string): Answers {
  return (JSON.parse(datasetText(name, 'reference.json')) as { answers: Answers }).answers;
}

/** Header line and data lines of a CSV text, line ends removed. */
export function linesOf(csv: string): { header: string; lines: string[] } {
  const [header = '', ...lines] = csv.split(/\r?\n/).filter((line) => line !== '');
  return { header, lines };
}

/**
 * The rows of a CSV without quotes. Deliberately not the parser under test: the expectations must not share its faults.
 * @throws when the text has a quote, because then this would read it wrongly.
 */
export function rowsOf(csv: string): Row[] {
  if (csv.includes('"')) throw new Error('quoted CSV is beyond this reader');
  const { header, lines } = linesOf(csv);
  const names = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
  });
}
