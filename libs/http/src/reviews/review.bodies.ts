import { IdentifierField, TextField } from '../fields/fields.js';

export class OpenReviewBody {
  @IdentifierField()
  reviewId!: string;

  @IdentifierField()
  unitId!: string;

  @TextField({ max: 16, description: 'For example 2026-11, 2026-Q4, 2026 or FY2026.' })
  period!: string;
}

/** A finding in the four parts that auditors expect. */
export class RecordFindingBody {
  @IdentifierField()
  findingId!: string;

  @IdentifierField({ optional: true })
  kpiId?: string;

  @IdentifierField({ optional: true })
  goalId?: string;

  @TextField({ description: 'What should be.' })
  criteria!: string;

  @TextField({ description: 'What is.' })
  condition!: string;

  @TextField({ description: 'Why it is so.' })
  cause!: string;

  @TextField({ description: 'What follows from it.' })
  effect!: string;
}

export class CloseReviewBody {
  @TextField()
  conclusion!: string;
}
