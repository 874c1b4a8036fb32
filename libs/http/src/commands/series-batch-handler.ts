import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  DomainError,
  invalid,
  seriesDecider,
  seriesStream,
  type DomainProblem,
  type SeriesCommand,
  type SeriesDefinition,
} from '#lib/domain';
import { RegisterSeriesBatch, type BatchAnswer } from './bus-commands.js';
import { partOf, type CommandRequest } from './command-request.js';
import { Decisions } from './decisions.js';
import { References } from './references.js';

/** Appends on their way at once: enough for the store to fold them into few commits. */
const SERIES_IN_FLIGHT_MAX = 100;

/**
 * Every series has its own stream, so a batch is not one append. All are decided first and nothing is recorded when one is
 * refused; a failure later (the store, a race) leaves a part, and sending the same batch again completes it.
 */
@CommandHandler(RegisterSeriesBatch)
export class RegisterSeriesBatchHandler implements ICommandHandler<RegisterSeriesBatch> {
  constructor(
    private readonly decisions: Decisions,
    private readonly references: References,
  ) {}

  async execute({ series, request }: RegisterSeriesBatch): Promise<BatchAnswer> {
    refuseRepeatedKeys(series);
    for (const sourceId of new Set(series.map((one) => one.sourceId))) await this.references.source(sourceId);
    await this.refuseUnlessAllAllowed(series, request);
    const positions = await inSlices(series, (one) => this.register(one, request));
    const last = positions.reduce((newest, position) => (position > newest ? position : newest), 0n);
    return this.decisions.known({ registered: series.length, position: last === 0n ? null : String(last) });
  }

  private async register(definition: SeriesDefinition, request: CommandRequest): Promise<bigint> {
    const part = partOf(request, definition.seriesKey);
    const stream = seriesStream(definition.seriesKey);
    const result = await this.decisions.execute(seriesDecider, stream, commandOf(definition, request), part);
    return result.position ?? 0n;
  }

  private async refuseUnlessAllAllowed(series: readonly SeriesDefinition[], request: CommandRequest): Promise<void> {
    const problems: DomainProblem[] = [];
    for (const [index, definition] of series.entries()) {
      const state = await this.decisions.stateOf(seriesDecider, seriesStream(definition.seriesKey));
      problems.push(
        ...problemsOf(`series.${index}`, () => seriesDecider.decide(commandOf(definition, request), state)),
      );
    }
    if (problems.length === 0) return;
    throw invalid('SERIES.BATCH_REFUSED', 'Some series were refused, so none was registered.', problems);
  }
}

const commandOf = (definition: SeriesDefinition, { actor }: CommandRequest): SeriesCommand => ({
  type: 'RegisterSeries',
  ...definition,
  actor,
});

function problemsOf(where: string, decide: () => unknown): DomainProblem[] {
  try {
    decide();
    return [];
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.problems.length === 0) return [{ where, what: error.message }];
    return error.problems.map((problem) => ({ where: `${where}.${problem.where}`, what: problem.what }));
  }
}

function refuseRepeatedKeys(series: readonly SeriesDefinition[]): void {
  const seen = new Set<string>();
  const problems = series.flatMap(({ seriesKey }, index) => {
    if (!seen.has(seriesKey)) return (seen.add(seriesKey), []);
    return [{ where: `series.${index}.seriesKey`, what: 'stands in the batch twice' }];
  });
  if (problems.length > 0) throw invalid('SERIES.BATCH_REFUSED', 'A series may stand in a batch only once.', problems);
}

async function inSlices<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += SERIES_IN_FLIGHT_MAX) {
    results.push(...(await Promise.all(items.slice(start, start + SERIES_IN_FLIGHT_MAX).map(work))));
  }
  return results;
}
