import { type DomainProblem, invalid } from '../errors.js';

/**
 * The findings of one validation, in the order in which they were made. Checks add to it instead of throwing, so that a
 * person sees everything that is wrong at once.
 */
export class Problems {
  private readonly found: DomainProblem[] = [];

  add(where: string, what: string): void {
    this.found.push({ where, what });
  }

  get list(): readonly DomainProblem[] {
    return this.found;
  }

  get isEmpty(): boolean {
    return this.found.length === 0;
  }

  /** Throws `invalid` with all findings when there is at least one; `subject` begins the sentence. */
  refuse(code: string, subject: string): void {
    if (this.isEmpty) return;
    const places = [...new Set(this.found.map((problem) => problem.where))].join(', ');
    throw invalid(code, `${subject} is not complete or not valid; mend ${places}.`, this.found);
  }
}
