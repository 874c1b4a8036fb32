import { Injectable } from '@nestjs/common';
import { EventStore } from '#lib/event-store';
import { RETRY_AFTER_DEFAULT_s } from '../problems/catalogue.js';
import { RequestRefused } from '../problems/request-refused.js';
import { ViewProgress } from './view-progress.js';

/** How long a request waits for the views at most. */
export const VIEW_WAIT_MAX_ms = 5000;

/** Makes an answer wait until the views have got as far as the caller needs. */
@Injectable()
export class FreshViews {
  constructor(
    private readonly store: EventStore,
    private readonly progress: ViewProgress,
  ) {}

  /**
   * Waits until the live views contain everything up to `position`.
   * @throws RequestRefused VIEWS_BEHIND after VIEW_WAIT_MAX_ms
   */
  async reach(position: bigint): Promise<void> {
    if (await this.progress.waitFor(position, VIEW_WAIT_MAX_ms)) return;
    throw new RequestRefused('VIEWS_BEHIND', `The views have not reached position ${position} in time.`, {
      retryAfter_s: RETRY_AFTER_DEFAULT_s,
    });
  }

  /** Waits until the live views contain what the log holds now: for decisions that rest on the data. */
  async reachHead(): Promise<void> {
    const head = await this.store.head();
    if (head !== null) await this.reach(head.position);
  }
}
