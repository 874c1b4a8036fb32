import { type Actor, type KpiDefinition, type ObservationColumns } from '#lib/domain';
import { type EventStore, eventIdFrom } from '#lib/event-store';
import { type ProjectedEvent } from '../projection.js';

/** One observation as tests write it: series key, RFC 3339 time or milliseconds, value, flag. */
export type Reading = readonly [series: string, at: string | number, value: number, flag?: string];

/** When the first event of a written log was recorded; each later one a second after the one before. */
export const LOG_STARTED_ms = Date.parse('2026-11-24T06:00:00.000Z');

export const ACTOR: Actor = { kind: 'person', id: 'ada', role: 'admin' };

/** Events as tests tell them, numbered and timed as a log would. */
export class WrittenLog {
  readonly events: ProjectedEvent[] = [];

  /** Position of the last event. */
  get position(): number {
    return this.events.length;
  }

  say(stream: string, type: string, data: unknown, actor: Actor = ACTOR, reason?: string): this {
    const position = this.events.length + 1;
    const recordedAt_ms = LOG_STARTED_ms + position * 1000;
    const metadata = { actor, correlationId: `test-${position}`, ...(reason === undefined ? {} : { reason }) };
    this.events.push({ position, recordedAt_ms, stream, type, data, metadata });
    return this;
  }

  organisation(timeZone = 'UTC', fiscalYearStartMonth = 1): this {
    return this.say('organisation', 'OrganisationEstablished', {
      name: { en: 'Testville' },
      timeZone,
      fiscalYearStartMonth,
    });
  }

  series(seriesKey: string, more: object = {}): this {
    const definition = { seriesKey, sourceId: 'sensors', name: { en: seriesKey }, unitOfMeasure: '1', ...more };
    return this.say(`series-${seriesKey}`, 'SeriesRegistered', definition);
  }

  observe(...readings: Reading[]): this {
    return this.say('observations-sensors', 'ObservationsRecorded', columnsOf(readings));
  }

  unit(unitId: string): this {
    return this.say(`unit-${unitId}`, 'UnitRegistered', { unitId, name: { en: unitId } });
  }

  kpi(definition: KpiDefinition): this {
    return this.say(`kpi-${definition.kpiId}`, 'KpiDefined', definition);
  }

  /** Appends the events `from` to the end to a store, one append each. */
  async appendTo(store: EventStore, from = 1): Promise<void> {
    for (const { position, stream, type, data, metadata } of this.events.slice(from - 1)) {
      const id = eventIdFrom('written-log', position);
      await store.append(stream, 'any', [{ id, type, schemaVersion: 1, data: JSON.stringify(data), metadata }]);
    }
  }
}

/** Readings as the columns of an event. */
export function columnsOf(readings: readonly Reading[]): ObservationColumns {
  const series = [...new Set(readings.map(([key]) => key))];
  const times = readings.map(([, at]) => (typeof at === 'number' ? at : Date.parse(at)));
  const flags = readings.map(([, , , flag]) => flag ?? null);
  return {
    sourceId: 'sensors',
    series,
    seriesIndex: readings.map(([key]) => series.indexOf(key)),
    from_ms: times[0] ?? 0,
    step_ms: times.map((time, index) => (index === 0 ? 0 : time - times[index - 1]!)),
    value: readings.map(([, , value]) => value),
    ...(flags.some((flag) => flag !== null) ? { flag: flags } : {}),
  };
}

/** A KPI of the unit `air`: the monthly mean of one series, to go down. */
export function kpiDefinition(kpiId: string, more: Partial<KpiDefinition> = {}): KpiDefinition {
  return {
    kpiId,
    unitId: 'air',
    name: { en: kpiId },
    ownerId: 'ada',
    direction: 'down',
    measure: { kind: 'statistic', statistic: 'mean', series: ['pm25'] },
    period: 'month',
    unitOfMeasure: 'ug/m3',
    decimals: 1,
    horizon: 'short',
    weight: 100,
    trajectory: 'linear',
    ...more,
  };
}
