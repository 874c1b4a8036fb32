import { type ActionEvent, EVENT_TYPES, type ReviewEvent, type ReviewState } from '#lib/domain';
import { type Statement, type ViewDatabase } from '#lib/read-models';
import { type BatchChanges } from '../batch-changes.js';
import { type Projection, type ProjectedEvent, type ProjectionHand } from '../projection.js';

/**
 * Something that happened to a review or an action, as the records keep it. Histories are folded from these up to the
 * position asked for. (A table of their own was rejected: it held every text a second time.)
 */
export interface ImprovementStep {
  readonly position: number;
  readonly recorded_at_ms: number;
  readonly kind: 'review' | 'action';
  readonly id: string;
  readonly type: (ReviewEvent | ActionEvent)['type'];
  /** JSON of the actor and of the event's data. */
  readonly actor: string;
  readonly data: string;
}

const TABLES = `
CREATE TABLE improvement_subject (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  unit_id TEXT NOT NULL,
  review_id TEXT,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX improvement_subject_by_start ON improvement_subject (kind, started_at);
CREATE INDEX improvement_subject_by_unit ON improvement_subject (kind, unit_id, started_at);
CREATE INDEX improvement_subject_by_review ON improvement_subject (review_id, started_at) WHERE review_id IS NOT NULL;
CREATE TABLE improvement_link (
  kind TEXT NOT NULL,
  link TEXT NOT NULL,
  linked_id TEXT NOT NULL,
  id TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (kind, link, linked_id, id)
) WITHOUT ROWID;`;

/** Which reviews and actions there are, and which unit, goals and KPIs they are about. */
export const improvementProjection: Projection = {
  name: 'improvement',
  version: 3,
  handles: [...EVENT_TYPES.review, ...EVENT_TYPES.action],
  createTables: (database) => database.exec(TABLES),
  start: ({ database }) => new ImprovementHand(database),
};

class ImprovementHand implements ProjectionHand {
  private readonly insertSubject: Statement;
  private readonly insertLink: Statement;

  constructor(database: ViewDatabase) {
    this.insertSubject = database.prepare('INSERT OR IGNORE INTO improvement_subject VALUES (?, ?, ?, ?, ?)');
    this.insertLink = database.prepare('INSERT OR IGNORE INTO improvement_link VALUES (?, ?, ?, ?, ?)');
  }

  apply(events: readonly ProjectedEvent[], changes: BatchChanges): void {
    for (const event of events) {
      this.follow(event);
      for (const kpiId of kpisOf(event, changes.states.get(event.position)?.after)) changes.kpiIds.add(kpiId);
    }
  }

  private follow({ position, type, data: given }: ProjectedEvent): void {
    const data = given as Record<string, unknown>;
    const kind = type.startsWith('Action') ? 'action' : 'review';
    const id = String(kind === 'action' ? data['actionId'] : data['reviewId']);
    if (type === 'ReviewOpened' || type === 'ActionPlanned') {
      const reviewId = kind === 'action' && typeof data['reviewId'] === 'string' ? data['reviewId'] : null;
      this.insertSubject.run(kind, id, position, String(data['unitId']), reviewId);
    }
    for (const [link, linkedId] of linksOf({ type, data } as unknown as ReviewEvent | ActionEvent)) {
      this.insertLink.run(kind, link, linkedId, id, position);
    }
  }
}

/** The KPIs whose history tells of the step: an action's, and every KPI that a review has an item or a finding about. */
function kpisOf({ type, data }: ProjectedEvent, after: unknown): readonly string[] {
  if (type.startsWith('Action')) return [(data as ActionEvent['data']).kpiId];
  const { agenda, findings } = after as ReviewState;
  return [...agenda, ...findings].flatMap(({ kpiId }) => (kpiId === undefined ? [] : [kpiId]));
}

/** The KPIs and goals that a step ties its review or action to. */
function linksOf(event: ReviewEvent | ActionEvent): (readonly ['kpi' | 'goal', string])[] {
  switch (event.type) {
    case 'ReviewOpened':
      return event.data.agenda.flatMap(ties);
    case 'FindingRecorded':
      return ties(event.data.finding);
    case 'ActionPlanned':
      return ties(event.data);
    case 'ReviewClosed':
    case 'ActionProgressReported':
    case 'ActionCompleted':
    case 'ActionEffectChecked':
    case 'ActionCancelled':
      return [];
  }
}

function ties({ kpiId, goalId }: { kpiId?: string; goalId?: string }): (readonly ['kpi' | 'goal', string])[] {
  return [
    ...(kpiId === undefined ? [] : [['kpi', kpiId] as const]),
    ...(goalId === undefined ? [] : [['goal', goalId] as const]),
  ];
}

/** The steps of a review or action up to a log position, oldest first. */
export function stepsOf(
  database: ViewDatabase,
  kind: ImprovementStep['kind'],
  id: string,
  position: number,
): ImprovementStep[] {
  const sql = `SELECT position, recorded_at_ms, kind, id, type, actor, data FROM record
    WHERE kind = ? AND id = ? AND position <= ? ORDER BY position`;
  return database.all<ImprovementStep>(sql, kind, id, position);
}
