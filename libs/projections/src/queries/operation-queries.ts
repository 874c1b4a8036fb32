import { type LiveViews } from '#lib/read-models';
import { type ViewsAnswer } from '../answers.js';

/** State of the views, for operators. Lag is the runner's to report: it knows the log's head. */
export class OperationQueries {
  constructor(private readonly views: LiveViews) {}

  /** With the newest parked events, at most PARKED_SHOWN_MAX. */
  status(): ViewsAnswer {
    throw new Error('written next');
  }
}
