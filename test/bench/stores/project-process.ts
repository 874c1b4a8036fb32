import { answerQuestions } from '../child.js';
import type { PeerStoreName } from './peer-store.js';
import { projectWithBetterSqlite } from './project-better-sqlite.js';
import { projectWithEmmett } from './project-emmett.js';

export interface ProjectQuestion {
  readonly store: PeerStoreName;
  readonly file: string;
  readonly batches: number;
  readonly seed: number;
}

answerQuestions<ProjectQuestion>(async ({ store, file, batches, seed }) =>
  store.startsWith('emmett')
    ? projectWithEmmett(store, file, batches, seed)
    : projectWithBetterSqlite(file, batches, seed),
);
