import { DomainError, type DomainProblem } from '#lib/domain';

/** A finding, with the requests by which it is mended. */
export interface MendableProblem extends DomainProblem {
  /** In words, for example `POST /v1/kpis/pm25/redefine with description`. */
  readonly mend?: string;
}

/**
 * The same error; when it says that a draft is not SMART, each of its findings tells how to mend it. The model knows the
 * fields, only this edge knows the requests.
 */
export function withMending(error: unknown, kpiId: string): unknown {
  if (!(error instanceof DomainError) || error.code !== 'KPI.NOT_SMART') return error;
  const problems = error.problems.map((problem): MendableProblem => {
    const mend = mendingOf(problem, `/v1/kpis/${kpiId}`);
    return mend === '' ? problem : { ...problem, mend };
  });
  return new DomainError(error.kind, error.code, error.message, problems);
}

function mendingOf({ where, what, fields = [] }: DomainProblem, path: string): string {
  const inDefinition = fields.filter((field) => field !== 'baseline' && field !== 'target');
  const ways: string[] = [];
  // The words of the finding name the series that are missing.
  if (where === 'smart.measurable' && /registered/.test(what)) ways.push('POST /v1/series to register the series');
  if (inDefinition.length > 0) ways.push(`POST ${path}/redefine with ${inDefinition.join(', ')}`);
  if (fields.includes('baseline')) ways.push(`POST ${path}/baseline`);
  if (fields.includes('target')) ways.push(`POST ${path}/target`);
  return ways.join('; ');
}
