import { Checkpoint, type LiveViews } from '#lib/read-models';
import { type ViewsAnswer } from '../answers.js';
import { instantOf } from './scope.js';

/** Most parked events shown to an operator. */
export const PARKED_SHOWN_MAX = 100;

/** State of the views, for operators. Lag is the runner's to report: it knows the log's head. */
export class OperationQueries {
  constructor(private readonly views: LiveViews) {}

  /** With the newest parked events, at most PARKED_SHOWN_MAX. Throws ViewsNotReady without views. */
  status(): ViewsAnswer {
    return this.views.read((database) => {
      const checkpoint = new Checkpoint(database);
      const { position, recordedAt_ms, parked } = checkpoint.read();
      return {
        generation: this.views.liveGeneration ?? 0,
        position: String(position),
        recordedAt: recordedAt_ms === null ? null : instantOf(recordedAt_ms),
        parked: checkpoint
          .parkedEvents(PARKED_SHOWN_MAX)
          .map((event) => ({ ...event, position: String(event.position) })),
        parkedCount: parked,
      };
    });
  }
}
