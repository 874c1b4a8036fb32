import type { Client } from '#lib/client';
import type { StoredObservations } from './stored-events.js';

interface Shown {
  readonly observedAt: string;
  readonly value: number;
  readonly flag: string | null;
}

/** What the answers of a run have said is stored: the newest value of each series and time. */
export class Account {
  private readonly bySeries = new Map<string, Map<number, { value: number; flag: string | null }>>();
  quarantined = 0;

  add(stored: StoredObservations): void {
    this.quarantined += stored.quarantined.length;
    for (const { series, at_ms, value, flag } of stored.rows) {
      const ofSeries = this.bySeries.get(series) ?? new Map<number, { value: number; flag: string | null }>();
      this.bySeries.set(series, ofSeries.set(at_ms, { value, flag }));
    }
  }

  /** Reads everything back through the API; says how many values were compared and which are not what was sent. */
  async compare(reader: Client): Promise<{ compared: number; wrong: string[] }> {
    const wrong: string[] = [];
    let compared = 0;
    for (const [series, expected] of this.bySeries) {
      const shown = await reader.getAll<Shown>('/v1/observations', { series });
      if (shown.length !== expected.size) wrong.push(`${series}: ${expected.size} values sent, ${shown.length} shown`);
      for (const { observedAt, value, flag } of shown) {
        const sent = expected.get(Date.parse(observedAt));
        compared += 1;
        if (sent === undefined || !Object.is(sent.value, value) || (flag ?? 'A') !== (sent.flag ?? 'A')) {
          wrong.push(`${series} at ${observedAt}: ${value} (${flag}) instead of ${JSON.stringify(sent)}`);
        }
      }
    }
    return { compared, wrong };
  }
}
