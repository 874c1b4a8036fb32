import { type AuditEntry, type Page } from '../answers.js';
import { type PageScope, type ViewSource } from './scope.js';

/** Which decisions to list; `subjectId` is the id of a KPI, goal, unit, series (its key) or source. */
export interface AuditFilter {
  readonly kpiId?: string;
  readonly unitId?: string;
  readonly subjectId?: string;
}

export class AuditQueries {
  constructor(private readonly views: ViewSource) {}

  /** Newest first. */
  list(_filter: AuditFilter, _scope: PageScope): Page<AuditEntry> {
    throw new Error('written next');
  }
}
