import type { LocalDate } from '../common.js';
import type { DomainEventOf } from '../decider.js';

/** One point of a review's agenda, taken from the data on the day it was opened (at log position `asOf`). */
export interface AgendaItem {
  readonly kpiId: string;
  /** The goal that the KPI served on that day; absent where it served none. */
  readonly goalId?: string;
  /** Label of the KPI's period that was looked at; absent in reviews opened before 2026-11-25. */
  readonly period?: string;
  /** Why it is on the agenda: its status, an open target change, missing data or an overdue action. */
  readonly reason: 'off-track' | 'at-risk' | 'no-data' | 'on-track' | 'open-target-change' | 'overdue-action';
  readonly value: number | null;
  readonly expected: number | null;
  readonly attainment_percent: number | null;
}

/** A finding in the four parts that auditors expect (GAO Yellow Book): criteria, condition, cause, effect. */
export interface Finding {
  readonly findingId: string;
  readonly kpiId?: string;
  readonly goalId?: string;
  readonly criteria: string;
  readonly condition: string;
  readonly cause: string;
  readonly effect: string;
}

/** The review cycle of one unit and period. Stream `review-<id>`. */
export type ReviewEvent =
  | DomainEventOf<
      'ReviewOpened',
      {
        readonly reviewId: string;
        readonly unitId: string;
        /** Period label, for example `2026-11`, `2026-Q4`, `2026`, `FY2026`. */
        readonly period: string;
        readonly openedOn: LocalDate;
        readonly agenda: readonly AgendaItem[];
        /** Log position (decimal text) up to which the agenda had seen the data. */
        readonly asOf: string;
      }
    >
  | DomainEventOf<'FindingRecorded', { readonly reviewId: string; readonly unitId: string; readonly finding: Finding }>
  | DomainEventOf<
      'ReviewClosed',
      { readonly reviewId: string; readonly unitId: string; readonly conclusion: string; readonly closedOn: LocalDate }
    >;
