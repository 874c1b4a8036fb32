import { connect, type Socket } from 'node:net';
import { answerQuestions } from '../child.js';
import { machineTime_ms } from './clock.js';
import { ResponseReader } from './response-reader.js';
import { requestBytes } from './run-load.js';

/** How far the views stood, and when that was heard (`machineTime_ms`). */
export type ViewsSeen = readonly [position: number, at_ms: number];

export type WatchQuestion =
  | { readonly ask: 'watch'; readonly port: number; readonly token: string; readonly interval_ms: number }
  /** Ends watching and answers what was seen, oldest first. */
  | { readonly ask: 'seen' };

const VIEWS_PATH = '/v1/views';
const seen: ViewsSeen[] = [];
let socket: Socket | undefined;
let failure: Error | undefined;

/** Asks how far the views are, again and again, on a connection and in a process of its own. */
function watch(port: number, token: string, interval_ms: number): Promise<object> {
  const request = requestBytes('GET', VIEWS_PATH, { authorization: `Bearer ${token}` });
  return new Promise((done, fail) => {
    const connection = connect({ host: '127.0.0.1', port, noDelay: true });
    socket = connection;
    let sentAt = 0;
    const ask = (): void => {
      sentAt = performance.now();
      connection.write(request);
    };
    const reader = new ResponseReader((status, body) => {
      if (status !== 200) failure ??= new Error(`${VIEWS_PATH} answered ${status}`);
      else seen.push([Number((JSON.parse(body.toString('utf8')) as { position: string }).position), machineTime_ms()]);
      setTimeout(ask, Math.max(0, interval_ms - (performance.now() - sentAt)));
    });
    connection.on('data', (chunk: Buffer) => reader.push(chunk));
    connection.once('error', (error) => {
      failure ??= error;
      fail(error);
    });
    connection.once('connect', () => {
      ask();
      done({});
    });
  });
}

answerQuestions<WatchQuestion>((question) => {
  if (question.ask === 'watch') return watch(question.port, question.token, question.interval_ms);
  socket?.destroy();
  return failure === undefined ? Promise.resolve(seen) : Promise.reject(failure);
});
