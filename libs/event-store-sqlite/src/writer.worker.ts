/** The writer thread: takes what has arrived, commits it as one group, answers, looks again. */
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { GroupWriter, sizeOf } from './group-writer.js';
import { moveLongWalIntoFile, moveWalIntoFile, openForWriting } from './schema.js';
import {
  appendsIn,
  packAnswers,
  type AppendRequest,
  type FromWriter,
  type ToWriter,
  type WriterThreadData,
} from './wire.js';
import { NotWritten } from './writer-failures.js';
import { takeWriterLock } from './writer-lock.js';

/** Appends and bytes in one transaction at most: it bounds how long the first caller of a group waits for the last. */
const GROUP_APPENDS_MAX = 2048;
const GROUP_SIZE_MAX_bytes = 8 * 1024 * 1024;

const port = parentPort as MessagePort;
const say = (message: FromWriter): void => port.postMessage(message);

class WriterThread {
  readonly #lock: { release(): void };
  readonly #db: ReturnType<typeof openForWriting>;
  readonly #writer: GroupWriter;
  #waiting: AppendRequest[] = [];
  #isClosing = false;
  #hasFailed = false;

  constructor({ file, numbering, checkpointAfter_pages }: WriterThreadData) {
    this.#lock = takeWriterLock(file);
    try {
      this.#db = openForWriting(file);
    } catch (error) {
      this.#lock.release();
      throw error;
    }
    this.#writer = new GroupWriter(this.#db, numbering, moveLongWalIntoFile(this.#db, checkpointAfter_pages));
  }

  hear(message: ToWriter): void {
    this.#take(message);
    // Everything that arrived during a commit belongs to the next group; the event loop would deliver it one by one.
    do {
      for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) this.#take(next.message);
      if (this.#waiting.length > 0) this.#commitGroup();
    } while (this.#waiting.length > 0);
    if (this.#isClosing) this.#close();
  }

  #take(message: ToWriter): void {
    if (message.kind === 'close') this.#isClosing = true;
    else if (!this.#hasFailed) for (const request of appendsIn(message.words)) this.#waiting.push(request);
  }

  #commitGroup(): void {
    const group = this.#nextGroup();
    try {
      const { answers, statistics } = this.#writer.commit(group);
      say({ kind: 'answers', ...packAnswers(answers), statistics });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof NotWritten) return say({ kind: 'unavailable', appends: group.length, message });
      this.#hasFailed = true;
      this.#waiting = [];
      say({ kind: 'failed', message });
    }
  }

  #nextGroup(): AppendRequest[] {
    let size = 0;
    let count = 0;
    while (count < this.#waiting.length && count < GROUP_APPENDS_MAX && size < GROUP_SIZE_MAX_bytes)
      size += sizeOf(this.#waiting[count++]!);
    return this.#waiting.splice(0, count);
  }

  #close(): void {
    // A closed log is one file that can be copied. Where a reader is in the way it stays two, which is as right.
    if (!this.#hasFailed) moveWalIntoFile(this.#db);
    this.#db.close();
    this.#lock.release();
    say({ kind: 'closed' });
    port.close();
  }
}

try {
  const thread = new WriterThread(workerData as WriterThreadData);
  port.on('message', (message: ToWriter) => thread.hear(message));
  say({ kind: 'ready' });
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  say({ kind: 'not-opened', code: code ?? null, message });
}
