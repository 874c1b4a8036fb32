import { answerQuestions } from '../child.js';
import { projectFromZero } from './project-log.js';

export interface ProjectFolderQuestion {
  readonly dataFolder: string;
}

answerQuestions<ProjectFolderQuestion>(({ dataFolder }) => projectFromZero(dataFolder));
