import { answerQuestions } from '../child.js';
import { batchBodies, singleBodies } from '../workload.js';
import { batchStream, type StreamTimes } from './batch-stream.js';
import { machineTime_ms } from './clock.js';
import { type Load, type LoadResult, requestBytes, runLoad } from './run-load.js';

/** Makes requests beforehand; nothing but sending and reading is left for the measured time. */
export interface PrepareQuestion {
  readonly ask: 'prepare';
  /** `stream`: batches of which there are too many to hold; each is made when it is sent. */
  readonly kind: 'batches' | 'singles' | 'queries' | 'stream';
  readonly count: number;
  readonly seed: number;
  readonly path: string;
  /** Other paths for queries, one each, in their turn. */
  readonly paths?: readonly string[];
  readonly token?: string;
  /** Of a stream. */
  readonly times?: StreamTimes;
}

export interface RunQuestion {
  readonly ask: 'run';
  readonly port: number;
  readonly connections: number;
  readonly limit_ms: number;
  /** Requests a second by the clock; absent: each connection sends when the last one is answered. */
  readonly rate?: number;
  /** Whether to answer when each append was acknowledged. */
  readonly keepsAcknowledgements?: boolean;
}

/** An acknowledged append: its log position, and when the answer arrived (`machineTime_ms`). */
export type Acknowledgement = readonly [position: number, at_ms: number];
export type LoadAnswer = LoadResult & { readonly acknowledgements: readonly Acknowledgement[] };

let prepared: { readonly requests: Load['requests']; readonly kind: PrepareQuestion['kind'] } | undefined;

function requestsOf({ kind, count, seed, path, paths, token, times }: PrepareQuestion): Load['requests'] {
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  if (kind === 'queries') {
    const asked = paths ?? [path];
    const requests = asked.map((one) => requestBytes('GET', one, authorization));
    return (number) => (number < count ? requests[number % requests.length] : undefined);
  }
  const headers = { 'content-type': 'application/json', ...authorization };
  const whole = (body: string): Buffer => requestBytes('POST', path, headers, body);
  if (kind === 'stream') {
    if (times === undefined) throw new Error('a stream needs its times');
    const make = batchStream(whole, seed, times);
    return (number) => (number < count ? make(number) : undefined);
  }
  const bodies = kind === 'batches' ? batchBodies(count, seed) : singleBodies(count, seed);
  return bodies.map(whole);
}

async function run(question: RunQuestion): Promise<LoadAnswer> {
  if (prepared === undefined) throw new Error('there is nothing to send yet');
  const { requests, kind } = prepared;
  const acknowledgements: Acknowledgement[] = [];
  const result = await runLoad({
    ...question,
    requests,
    countsAccepted: kind !== 'queries',
    onAcknowledged: question.keepsAcknowledgements
      ? (position) => acknowledgements.push([Number(position), machineTime_ms()])
      : undefined,
  });
  return { ...result, acknowledgements };
}

answerQuestions<PrepareQuestion | RunQuestion>(async (question) => {
  if (question.ask === 'run') return run(question);
  prepared = { requests: requestsOf(question), kind: question.kind };
  return {};
});
