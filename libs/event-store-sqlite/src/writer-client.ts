/**
 * The caller's side of the writer thread. Appends of one turn of the event loop leave in one message; the writer answers in
 * order, so a queue of promises is all the bookkeeping there is. What waits is bounded in number and in bytes.
 */
import { Worker } from 'node:worker_threads';
import { EventStoreError, type AppendResult, type ExpectedRevision, type NewEvent } from '#lib/event-store';
import {
  errorOf,
  pushAppend,
  unavailable,
  unpackAnswers,
  type Answer,
  type CommitStatistics,
  type FromWriter,
  type ToWriter,
  type WriterThreadData,
} from './wire.js';

export interface WriterClientOptions extends WriterThreadData {
  readonly waitingAppends_max: number;
  readonly waitingSize_max_bytes: number;
  /** Called after each durable commit, before its appends are acknowledged. */
  readonly onCommit: (statistics: CommitStatistics) => void;
  /** Called once, when the writer can no longer be trusted. */
  readonly onFailure: (error: Error) => void;
}

interface WaitingAppend {
  readonly size: number;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: Error) => void;
}

/** The writer holds one group of appends at a time; without bounds V8 would size its heap for the whole machine. */
const HEAP_LIMITS = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 16 };

/** Answered entries are cut from the queue's front when so many have gathered. */
const QUEUE_COMPACTION = 4096;

export class WriterClient {
  readonly #options: WriterClientOptions;
  readonly #worker: Worker;
  #words: (string | number | bigint)[] = [];
  #queue: WaitingAppend[] = [];
  #answered = 0;
  #waitingSize_bytes = 0;
  #refusal: string | null = null;
  #hasFailed = false;
  #settleOpening: { resolve: () => void; reject: (error: Error) => void } | null = null;
  readonly #exited: Promise<void>;

  private constructor(options: WriterClientOptions) {
    this.#options = options;
    const { file, numbering, checkpointAfter_pages } = options;
    const workerData: WriterThreadData = { file, numbering, checkpointAfter_pages };
    this.#worker = new Worker(writerThreadUrl(import.meta.url), {
      workerData,
      name: 'event-log-writer',
      resourceLimits: HEAP_LIMITS,
    });
    this.#worker.on('message', (message: FromWriter) => this.#hear(message));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve(this.#onExit())));
  }

  /** @throws EventStoreError `STORE_IN_USE`, `STORE_NEWER_THAN_PROGRAM`; Error when the file cannot be used */
  static async open(options: WriterClientOptions): Promise<WriterClient> {
    const client = new WriterClient(options);
    await new Promise<void>((resolve, reject) => (client.#settleOpening = { resolve, reject }));
    client.#settleOpening = null;
    return client;
  }

  /** Events must be valid (`validateAppend`). Resolves after the durable commit. */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult> {
    const refusal = this.#refusal ?? this.#fullness();
    if (refusal !== null) return Promise.reject(unavailable(refusal));
    if (this.#words.length === 0) setImmediate(() => this.#send());
    const size = pushAppend(this.#words, stream, expected, events);
    this.#waitingSize_bytes += size;
    return new Promise((resolve, reject) => this.#queue.push({ size, resolve, reject }));
  }

  /** Lets the writer finish what it was given, then ends the thread. */
  async close(): Promise<void> {
    this.#refusal ??= 'the event store is closed';
    this.#send();
    const message: ToWriter = { kind: 'close' };
    this.#worker.postMessage(message);
    await this.#exited;
  }

  #fullness(): string | null {
    const { waitingAppends_max, waitingSize_max_bytes } = this.#options;
    const waiting = this.#queue.length - this.#answered;
    if (waiting < waitingAppends_max && this.#waitingSize_bytes < waitingSize_max_bytes) return null;
    return `${waiting} appends with ${this.#waitingSize_bytes} bytes are waiting for the disk already`;
  }

  #send(): void {
    if (this.#words.length === 0) return;
    const message: ToWriter = { kind: 'appends', words: this.#words };
    this.#words = [];
    this.#worker.postMessage(message);
  }

  #hear(message: FromWriter): void {
    switch (message.kind) {
      case 'ready':
        return this.#settleOpening?.resolve();
      case 'not-opened':
        return this.#settleOpening?.reject(openingError(message.code, message.message));
      case 'answers':
        this.#options.onCommit(message.statistics);
        for (const answer of unpackAnswers(message.figures, message.refusals)) this.#settle(answer);
        return this.#compactQueue();
      case 'unavailable':
        for (let count = 0; count < message.appends; count += 1)
          this.#nextWaiting().reject(unavailable(message.message));
        return this.#compactQueue();
      case 'failed':
        return this.#fail(new Error(message.message));
      case 'closed':
        return;
    }
  }

  #settle(answer: Answer): void {
    const waiting = this.#nextWaiting();
    if ('why' in answer) waiting.reject(errorOf(answer));
    else waiting.resolve(answer);
  }

  #nextWaiting(): WaitingAppend {
    const waiting = this.#queue[this.#answered++]!;
    this.#waitingSize_bytes -= waiting.size;
    return waiting;
  }

  #compactQueue(): void {
    if (this.#answered === this.#queue.length) this.#queue = [];
    else if (this.#answered < QUEUE_COMPACTION) return;
    else this.#queue = this.#queue.slice(this.#answered);
    this.#answered = 0;
  }

  /** Nothing that waits is acknowledged: whether it is on the disk will be read from the file at the next start. */
  #fail(error: Error): void {
    const message = `the event store has failed and needs a restart: ${error.message}`;
    const isFirst = !this.#hasFailed;
    this.#hasFailed = true;
    this.#refusal = message;
    while (this.#answered < this.#queue.length) this.#nextWaiting().reject(unavailable(message));
    this.#compactQueue();
    if (this.#settleOpening) this.#settleOpening.reject(error);
    else if (isFirst) this.#options.onFailure(error);
  }

  #onExit(): void {
    if (this.#queue.length > this.#answered || this.#refusal === null) this.#fail(new Error('the writer thread ended'));
  }
}

function openingError(code: string | null, message: string): Error {
  if (code === 'STORE_IN_USE' || code === 'STORE_NEWER_THAN_PROGRAM') return new EventStoreError(code, message);
  return new Error(message);
}

/** A thread runs compiled code only: from the sources (tests) the compiled twin under `dist/` is taken. */
export function writerThreadUrl(ownUrl: string): URL {
  const isSource = ownUrl.endsWith('.ts');
  const compiled = isSource ? ownUrl.replace(/\/libs\/([^/]+)\/src\/[^/]+$/, '/dist/libs/$1/src/') : ownUrl;
  return new URL('writer.worker.js', compiled);
}
