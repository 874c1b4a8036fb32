import { answerQuestions } from '../child.js';
import { batchBodies, singleBodies } from '../workload.js';
import { requestBytes, runLoad } from './run-load.js';

/** Makes requests beforehand; nothing but sending and reading is left for the measured time. */
export interface PrepareQuestion {
  readonly ask: 'prepare';
  readonly kind: 'batches' | 'singles' | 'queries';
  readonly count: number;
  readonly seed: number;
  readonly path: string;
  readonly token?: string;
}

export interface RunQuestion {
  readonly ask: 'run';
  readonly port: number;
  readonly connections: number;
  readonly limit_ms: number;
}

let prepared: { requests: Buffer[]; kind: PrepareQuestion['kind'] } = { requests: [], kind: 'queries' };

function prepare({ kind, count, seed, path, token }: PrepareQuestion): Buffer[] {
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  if (kind === 'queries') return Array.from({ length: count }, () => requestBytes('GET', path, authorization));
  const bodies = kind === 'batches' ? batchBodies(count, seed) : singleBodies(count, seed);
  const headers = { 'content-type': 'application/json', ...authorization };
  return bodies.map((body) => requestBytes('POST', path, headers, body));
}

answerQuestions<PrepareQuestion | RunQuestion>(async (question) => {
  if (question.ask === 'prepare') {
    prepared = { requests: prepare(question), kind: question.kind };
    return { requests: prepared.requests.length };
  }
  const { port, connections, limit_ms } = question;
  const { requests, kind } = prepared;
  return runLoad({ port, connections, limit_ms, requests, countsAccepted: kind !== 'queries' });
});
