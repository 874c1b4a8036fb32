import { Injectable } from '@nestjs/common';
import { goalStream, kpiStream, notFound, unitStream } from '#lib/domain';
import { EventStore } from '#lib/event-store';
import { SourceRegistry } from '#lib/intake';

/** What a query may narrow its answer to; absent members narrow nothing. */
export interface NamedThings {
  readonly unit?: string;
  readonly goal?: string;
  readonly kpi?: string;
  readonly series?: string;
  readonly source?: string;
}

/**
 * Refuses filters by things that there never were, so that a typing error does not look like no data. What there was once
 * (retired, closed, or not yet there at the time asked about) is a good filter, so the log is asked and not the views.
 */
@Injectable()
export class KnownThings {
  constructor(
    private readonly store: EventStore,
    private readonly registry: SourceRegistry,
  ) {}

  /** @throws DomainError UNIT.UNKNOWN, GOAL.UNKNOWN, KPI.UNKNOWN, SERIES.UNKNOWN or SOURCE.UNKNOWN (404), naming it */
  async require({ unit, goal, kpi, series, source }: NamedThings): Promise<void> {
    if (unit !== undefined && !(await this.wasRecorded(unitStream(unit)))) throw unknown('UNIT', `unit ${unit}`);
    if (goal !== undefined && !(await this.wasRecorded(goalStream(goal)))) throw unknown('GOAL', `goal ${goal}`);
    if (kpi !== undefined && !(await this.wasRecorded(kpiStream(kpi)))) throw unknown('KPI', `KPI ${kpi}`);
    if (series !== undefined && this.registry.findSeries(series) === undefined) {
      throw unknown('SERIES', `series ${series}`);
    }
    if (source !== undefined && !this.registry.hasSource(source)) throw unknown('SOURCE', `source ${source}`);
  }

  private async wasRecorded(stream: string): Promise<boolean> {
    for await (const _event of this.store.readStream(stream, { limit: 1 })) return true;
    return false;
  }
}

const unknown = (model: string, thing: string) =>
  notFound(`${model}.UNKNOWN`, `There is no ${thing}, so nothing can be listed for it; look at its spelling.`);
