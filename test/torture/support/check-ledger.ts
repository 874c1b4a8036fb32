import type { ObservationColumns, QuarantinedObservation } from '#lib/domain';
import type { StoredEvent } from '#lib/event-store';
import type { Report } from '../report.js';
import { seriesKeyOf } from './prepare-city.js';
import { placeOf, SERIES_PER_SENDER, valueOf, type PlannedRequest } from './planned-request.js';

/** Compares what senders sent and were told with what the log holds. */
export class LedgerCheck {
  private readonly senderOf = new Map<string, number>();

  constructor(
    private readonly ledgers: readonly (readonly PlannedRequest[])[],
    private readonly report: Report,
  ) {
    ledgers.forEach((_, sender) => {
      for (let series = 0; series < SERIES_PER_SENDER; series += 1)
        this.senderOf.set(seriesKeyOf(sender, series), sender);
    });
  }

  /** Takes an event of the log. */
  visit({ type, data, position }: StoredEvent): void {
    if (type === 'ObservationsRecorded') this.visitRecorded(JSON.parse(data) as ObservationColumns, position);
    if (type !== 'ObservationsQuarantined') return;
    const { items } = JSON.parse(data) as { items: readonly QuarantinedObservation[] };
    for (const { original } of items) {
      const { series, observedAt, value } = JSON.parse(original) as {
        series: string;
        observedAt: number;
        value: number;
      };
      this.found(series, observedAt, value, position);
    }
  }

  private visitRecorded({ series, seriesIndex, from_ms, step_ms, value }: ObservationColumns, position: bigint): void {
    let at_ms = from_ms;
    value.forEach((one, index) => {
      at_ms += step_ms[index]!;
      this.found(series[seriesIndex[index]!]!, at_ms, one, position);
    });
  }

  private found(seriesKey: string, at_ms: number, value: number, position: bigint): void {
    const sender = this.senderOf.get(seriesKey);
    const { sequence, index } = placeOf(at_ms);
    const request = sender === undefined ? undefined : this.ledgers[sender]?.[sequence];
    const name = `${seriesKey} at ${at_ms}`;
    if (sender === undefined || request === undefined || index >= request.observations)
      return this.report.violated(`${name}: nobody sent it`);
    this.report.check(value === valueOf(sender, sequence, index), () => `${name}: came as another value, ${value}`);
    request.found ??= new Uint8Array(request.observations);
    request.found[index]! += 1;
    if (request.found[index]! > 1) this.report.doubled(`${name}, again at position ${position}`);
    if (position > request.foundAt) request.foundAt = position;
  }

  /** After the whole log has been visited. */
  checkRequests(): void {
    for (const ledger of this.ledgers) for (const request of ledger) this.checkRequest(request);
  }

  private checkRequest({ sender, sequence, observations, key, found, foundAt, position }: PlannedRequest): void {
    const name = `sender ${sender}, request ${sequence} (${key ?? 'without a key'})`;
    const present = found === null ? 0 : found.reduce((sum, times) => sum + Math.min(times, 1), 0);
    if (position === null) {
      if (present === 0) return this.report.tried('unacknowledged requests that are not in the log');
      this.report.check(present === observations, () => `${name}: torn, ${present} of ${observations}`);
      return this.report.tried('unacknowledged requests that are in the log once');
    }
    if (present < observations) this.report.lost(`${name}: ${present} of ${observations} acknowledged observations`);
    // Small requests share an append, whose last event may be another's quarantine; a keyed one has its append alone.
    const isAtPlace = key === null ? foundAt <= position : foundAt === position;
    this.report.check(isAtPlace, () => `${name}: acknowledged at ${position}, found at ${foundAt}`);
  }
}
