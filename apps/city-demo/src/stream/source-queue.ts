import type { Reading } from '../city/faulty-sensor.js';
import { idempotencyKeyOf, observationsJson } from './observation-json.js';

/** Readings in one request while history is loaded; the door takes at most 10,000. */
export const READINGS_PER_REQUEST = 5_000;

/** Whoever can carry a request body to the door; answers what became of it. */
export interface Carrier {
  sendObservations(
    body: string,
    options: { idempotencyKey: string },
  ): Promise<{ sent: number; accepted: number; duplicate: number; quarantined: number; position: string | null }>;
}

/** What became of the readings so far. */
export interface Tally {
  sent: number;
  accepted: number;
  duplicate: number;
  quarantined: number;
  /** Highest log position acknowledged, as decimal text. */
  position: string;
}

export const emptyTally = (): Tally => ({ sent: 0, accepted: 0, duplicate: 0, quarantined: 0, position: '0' });

/**
 * Collects readings of one source into requests and sends them one after the other. One at a time, because a correction
 * must not overtake the reading that it corrects; several sources send side by side.
 */
export class SourceQueue {
  private waiting: Reading[] = [];
  private last: Promise<void> = Promise.resolve();

  /** @param runId names this run in the idempotency keys, so that a repeated request is answered and not counted again */
  constructor(
    private readonly carrier: Carrier,
    private readonly tally: Tally,
    private readonly runId: string,
  ) {}

  /**
   * Takes readings; resolves when there is room for more. A correction goes into another request than what it corrects:
   * the same series and time twice in one request counts as a repetition.
   */
  async add(readings: readonly Reading[]): Promise<void> {
    if (readings.some(({ corrects }) => corrects)) await this.flush();
    this.waiting.push(...readings);
    if (this.waiting.length >= READINGS_PER_REQUEST) await this.flush();
  }

  /** Sends what is waiting once the request before it is answered; resolves when this request is under way. */
  async flush(): Promise<void> {
    while (this.waiting.length > 0) {
      await this.last;
      const batch = this.waiting.splice(0, READINGS_PER_REQUEST);
      this.last = this.send(batch);
      // A failure is thrown where it is awaited; until then it must not count as unhandled.
      this.last.catch(() => undefined);
    }
  }

  /** Resolves when everything sent has been answered. */
  async settled(): Promise<void> {
    await this.flush();
    await this.last;
  }

  private async send(batch: readonly Reading[]): Promise<void> {
    const body = observationsJson(batch);
    const verdict = await this.carrier.sendObservations(body, { idempotencyKey: idempotencyKeyOf(this.runId, body) });
    this.tally.sent += verdict.sent;
    this.tally.accepted += verdict.accepted;
    this.tally.duplicate += verdict.duplicate;
    this.tally.quarantined += verdict.quarantined;
    if (verdict.position !== null && BigInt(verdict.position) > BigInt(this.tally.position)) {
      this.tally.position = verdict.position;
    }
  }
}
