import { describe, expect, it } from '@jest/globals';
import type * as answers from '../../../libs/projections/src/answers.js';
import type * as wire from '../src/wire.js';

/** Compiles only while every `From` may be read as a `To`. */
type ReadableAs<From extends To, To> = From;

/** One line a shape: `npm run types` is the test, because types are gone when jest runs. */
export type Matches = [
  ReadableAs<answers.AsOf, wire.AsOf>,
  ReadableAs<answers.KpiSummary, wire.KpiSummary>,
  ReadableAs<answers.KpiDetail, wire.KpiDetail>,
  ReadableAs<answers.KpiPeriodValue, wire.KpiPeriodValue>,
  ReadableAs<answers.UnitSummary, wire.UnitSummary>,
  ReadableAs<answers.AuditEntry, wire.AuditEntry>,
  ReadableAs<answers.ReviewHistory, wire.ReviewHistory>,
  ReadableAs<answers.ActionHistory, wire.ActionHistory>,
  ReadableAs<answers.Explanation, wire.Explanation>,
  ReadableAs<answers.Page<answers.KpiSummary>, wire.Page<wire.KpiSummary>>,
];

describe('the shapes the pages read', () => {
  it('are compared with the API by the compiler', () => {
    const compared: Matches['length'] = 10;
    expect(compared).toBe(10);
  });
});
