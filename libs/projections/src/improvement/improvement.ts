import { type ActionEvent, EVENT_TYPES, type ReviewEvent, type ReviewState } from '#lib/domain';
import { type ViewDatabase } from '#lib/read-models';
import { type Projection, type ProjectedEvent } from '../projection.js';

/** Something that happened to a review or an action. Histories are folded from these up to the position asked for. */
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
CREATE TABLE improvement_step (
  position INTEGER PRIMARY KEY,
  recorded_at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  actor TEXT NOT NULL,
  data TEXT NOT NULL
);
CREATE INDEX improvement_step_by_id ON improvement_step (kind, id, position);
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

/** Reviews, findings, actions, and whether they worked: by unit, goal and KPI, each step with its log position. */
export const improvementProjection: Projection = {
  name: 'improvement',
  version: 2,
  handles: [...EVENT_TYPES.review, ...EVENT_TYPES.action],
  createTables: (database) => database.exec(TABLES),
  start: ({ database }) => ({
    apply(events, changes) {
      for (const event of events) {
        recordStep(database, event);
        for (const kpiId of kpisOf(event, changes.states.get(event.position)?.after)) changes.kpiIds.add(kpiId);
      }
    },
  }),
};

function recordStep(database: ViewDatabase, event: ProjectedEvent): void {
  const data = event.data as Record<string, unknown>;
  const kind = event.type.startsWith('Action') ? 'action' : 'review';
  const id = String(kind === 'action' ? data['actionId'] : data['reviewId']);
  database.run(
    'INSERT INTO improvement_step VALUES (?, ?, ?, ?, ?, ?, ?)',
    event.position,
    event.recordedAt_ms,
    kind,
    id,
    event.type,
    JSON.stringify(event.metadata.actor),
    JSON.stringify(event.data),
  );
  if (event.type === 'ReviewOpened' || event.type === 'ActionPlanned') {
    const reviewId = kind === 'action' && typeof data['reviewId'] === 'string' ? data['reviewId'] : null;
    const sql = 'INSERT OR IGNORE INTO improvement_subject VALUES (?, ?, ?, ?, ?)';
    database.run(sql, kind, id, event.position, String(data['unitId']), reviewId);
  }
  for (const [link, linkedId] of linksOf({ type: event.type, data: event.data } as ReviewEvent | ActionEvent)) {
    const sql = 'INSERT OR IGNORE INTO improvement_link VALUES (?, ?, ?, ?, ?)';
    database.run(sql, kind, link, linkedId, id, event.position);
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
  const sql = 'SELECT * FROM improvement_step WHERE kind = ? AND id = ? AND position <= ? ORDER BY position';
  return database.all<ImprovementStep>(sql, kind, id, position);
}
