import { eventIdFrom, type EventStore } from '#lib/event-store';
import { kpiDefinition, WrittenLog, type Reading } from '../../../libs/projections/src/testing/written-log.js';
import type { Random } from '../random.js';

const SERIES = ['pm25', 'no2', 'o3'] as const;
const FROM_MS = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
/** Times repeat within this span, so that many readings correct an earlier one. */
const SPAN_HOURS = 24 * 200;
const READINGS_MAX = 20;
const DECISION_CHANCE = 0.1;

/** Writes the log that projections follow: observations with corrections, now and then a decision. */
export class Bursts {
  private readonly log = new WrittenLog().organisation('America/New_York', 7).unit('air');
  private written = 0;

  constructor(
    private readonly store: EventStore,
    private readonly random: Random,
  ) {
    for (const key of SERIES) this.log.series(key);
    this.log.kpi(
      kpiDefinition('mean-of-all', { measure: { kind: 'statistic', statistic: 'mean', series: [...SERIES] } }),
    );
  }

  get head(): bigint {
    return BigInt(this.written);
  }

  /** Appends so many events in small groups, each after the commit of the one before: so that their reader keeps writing. */
  async burst(events: number): Promise<void> {
    for (let left = events; left > 0;) {
      const group = Math.min(left, this.random.integer(1, 4));
      for (let index = 0; index < group; index += 1) this.sayOne();
      await this.append();
      left -= group;
    }
  }

  private sayOne(): void {
    const { random, log } = this;
    if (random.chance(DECISION_CHANCE)) {
      log.say('unit-air', 'UnitRenamed', { unitId: 'air', name: { en: `Air ${log.position}` } });
      return;
    }
    const readings = Array.from({ length: random.integer(1, READINGS_MAX) }, (): Reading => {
      const at_ms = FROM_MS + random.integer(0, SPAN_HOURS) * HOUR_MS;
      return [random.pick(SERIES), at_ms, random.integer(0, 1_000) / 10];
    });
    log.observe(...readings);
  }

  private async append(): Promise<void> {
    const events = this.log.events.slice(this.written);
    this.written = this.log.position;
    await Promise.all(
      events.map(({ stream, type, data, metadata, position }) => {
        const id = eventIdFrom('zombies', position);
        return this.store.append(stream, 'any', [{ id, type, schemaVersion: 1, data: JSON.stringify(data), metadata }]);
      }),
    );
  }
}
