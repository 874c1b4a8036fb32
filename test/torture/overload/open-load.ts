import { ACKNOWLEDGED, type Ledger, REFUSED, SENT } from './ledger.js';
import { type LoadAnswer, LoadConnection } from './load-connection.js';

export interface LoadLevel {
  /** Arrivals a second by the clock, whatever becomes of earlier ones; null: each connection sends as soon as it may. */
  readonly rate: number | null;
  readonly duration_ms: number;
  readonly connections_max: number;
}

export interface LevelResult {
  /** Requests that were due, that left, and whose sender lost patience before he got a connection. */
  readonly due: number;
  readonly sent: number;
  readonly givenUp: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly refusedWithoutRetryAfter: number;
  /** Answers that are neither, by status. */
  readonly otherAnswers: Readonly<Record<string, number>>;
  /** Connections that ended while an answer was due. */
  readonly cutOff: number;
  readonly connectionsFailed: number;
  readonly unanswered: number;
  readonly elapsed_ms: number;
  readonly connections: number;
  /** From the moment a request was due to its acknowledgement; p99 for each second of arrival. */
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly p99OfSeconds_ms: readonly number[];
  readonly refusalP99_ms: number;
}

/** A sender that has not got a connection by then does something else. */
const PATIENCE_ms = 2_000;
/** What is on its way at the end of a level is waited for. */
const ANSWER_TIMEOUT_ms = 20_000;
const TICK_ms = 1;
/** So many leave in one turn at most, so that answers are read between them. */
const SENT_PER_TURN_MAX = 500;
const CONNECTING_MAX = 200;
/** Served arrivals are cut from the queue when so many have gathered. */
const SERVED_KEPT_MAX = 10_000;

interface Arrival {
  readonly number: number;
  readonly due_ms: number;
}

/** Sends numbered requests at a rate and keeps the book. Connections stay from level to level. */
export class OpenLoad {
  private next = 0;
  private readonly idle: LoadConnection[] = [];
  private readonly all = new Set<LoadConnection>();
  private connecting = 0;
  private queue: Arrival[] = [];
  private queueStart = 0;
  private outstanding = 0;
  private result = newResult();
  private secondsOfLevel: number[][] = [];
  private refusals_ms: number[] = [];
  private started_ms = 0;
  private connections_max = 0;
  private isRunning = false;
  private isClosedLoop = false;

  constructor(
    private readonly port: number,
    private readonly make: (number: number) => Buffer,
    private readonly ledger: Ledger,
    private readonly accepted: number,
  ) {}

  /** Opens connections until there are so many: a fleet of senders is connected before it sends. */
  async connectAll(count: number): Promise<void> {
    while (this.idle.length < count) {
      while (this.all.size < count && this.connecting < CONNECTING_MAX) this.connect();
      await new Promise((resolve) => setTimeout(resolve, TICK_ms));
    }
  }

  async run(level: LoadLevel): Promise<LevelResult> {
    if (level.rate !== null) await this.connectAll(level.connections_max);
    this.begin(level);
    if (this.isClosedLoop) for (let i = 0; i < level.connections_max; i += 1) this.arrive();
    const rate = level.rate ?? 0;
    let arrived = 0;
    for (;;) {
      const elapsed_ms = performance.now() - this.started_ms;
      if (elapsed_ms >= level.duration_ms) break;
      const due = Math.floor((elapsed_ms / 1_000) * rate);
      const until = Math.min(due, arrived + SENT_PER_TURN_MAX);
      for (; arrived < until; arrived += 1) this.arrive(this.started_ms + (arrived / rate) * 1_000);
      if (arrived < due) await new Promise((resolve) => setImmediate(resolve));
      else await new Promise((resolve) => setTimeout(resolve, TICK_ms));
    }
    this.isRunning = false;
    const elapsed_ms = performance.now() - this.started_ms;
    await this.finish(Math.floor((level.duration_ms / 1_000) * rate) - arrived);
    return this.summary(elapsed_ms);
  }

  close(): void {
    for (const connection of this.all) connection.destroy();
  }

  private begin(level: LoadLevel): void {
    this.result = newResult();
    this.secondsOfLevel = [];
    this.refusals_ms = [];
    this.connections_max = level.connections_max;
    this.isClosedLoop = level.rate === null;
    this.isRunning = true;
    this.started_ms = performance.now();
  }

  private arrive(due_ms = performance.now()): void {
    this.result.due += 1;
    this.queue.push({ number: this.next, due_ms });
    this.next += 1;
    this.serve();
  }

  /** Gives waiting arrivals to idle connections, and opens another one when there is none. */
  private serve(): void {
    while (this.queueStart < this.queue.length && this.idle.length > 0) {
      const arrival = this.queue[this.queueStart]!;
      this.queueStart += 1;
      if (performance.now() - arrival.due_ms > PATIENCE_ms) this.result.givenUp += 1;
      else this.send(this.idle.pop()!, arrival);
    }
    this.forgetServed();
    const waiting = this.queue.length - this.queueStart;
    const wanted = Math.min(waiting - this.connecting, CONNECTING_MAX - this.connecting);
    for (let i = 0; i < wanted && this.all.size < this.connections_max; i += 1) this.connect();
  }

  private forgetServed(): void {
    if (this.queueStart < SERVED_KEPT_MAX) return;
    this.queue = this.queue.slice(this.queueStart);
    this.queueStart = 0;
  }

  private connect(): void {
    this.connecting += 1;
    const connection = new LoadConnection(
      this.port,
      () => {
        this.connecting -= 1;
        this.idle.push(connection);
        this.serve();
      },
      (wasConnected) => {
        if (!wasConnected) {
          this.connecting -= 1;
          this.result.connectionsFailed += 1;
        }
        this.all.delete(connection);
        const at = this.idle.indexOf(connection);
        if (at >= 0) this.idle.splice(at, 1);
      },
    );
    this.all.add(connection);
  }

  private send(connection: LoadConnection, { number, due_ms }: Arrival): void {
    this.result.sent += 1;
    this.outstanding += 1;
    this.ledger.note(number, SENT);
    connection.send(this.make(number), (answer) => {
      this.outstanding -= 1;
      this.book(number, due_ms, answer);
      if (answer !== null) this.idle.push(connection);
      if (this.isRunning && this.isClosedLoop) this.arrive();
      else this.serve();
    });
  }

  private book(number: number, due_ms: number, answer: LoadAnswer | null): void {
    const { result } = this;
    const latency_ms = performance.now() - due_ms;
    if (answer === null) result.cutOff += 1;
    else if (answer.status === 200 && answer.body.includes(`"accepted":${this.accepted},`)) {
      result.acknowledged += 1;
      this.ledger.note(number, ACKNOWLEDGED);
      const second = Math.max(0, Math.floor((due_ms - this.started_ms) / 1_000));
      (this.secondsOfLevel[second] ??= []).push(latency_ms);
    } else if (answer.status === 503) {
      result.refused += 1;
      this.ledger.note(number, REFUSED);
      if (answer.retryAfter_s === null || !(answer.retryAfter_s >= 1)) result.refusedWithoutRetryAfter += 1;
      this.refusals_ms.push(latency_ms);
    } else result.otherAnswers[answer.status] = (result.otherAnswers[answer.status] ?? 0) + 1;
  }

  private async finish(neverArrived: number): Promise<void> {
    this.result.due += Math.max(0, neverArrived);
    this.result.givenUp += Math.max(0, neverArrived) + this.queue.length - this.queueStart;
    this.queue = [];
    this.queueStart = 0;
    const deadline_ms = performance.now() + ANSWER_TIMEOUT_ms;
    while (this.outstanding > 0 && performance.now() < deadline_ms) {
      await new Promise((resolve) => setTimeout(resolve, TICK_ms));
    }
    this.result.unanswered = this.outstanding;
  }

  private summary(elapsed_ms: number): LevelResult {
    const seconds = Array.from(this.secondsOfLevel, (second) => sorted(second ?? []));
    const every = sorted(this.secondsOfLevel.flat());
    return {
      ...this.result,
      elapsed_ms,
      connections: this.all.size,
      p50_ms: at(every, 0.5),
      p99_ms: at(every, 0.99),
      p99OfSeconds_ms: seconds.map((second) => at(second, 0.99)),
      refusalP99_ms: at(sorted(this.refusals_ms), 0.99),
    };
  }
}

const newResult = () => ({
  due: 0,
  sent: 0,
  givenUp: 0,
  acknowledged: 0,
  refused: 0,
  refusedWithoutRetryAfter: 0,
  otherAnswers: {} as Record<string, number>,
  cutOff: 0,
  connectionsFailed: 0,
  unanswered: 0,
});

const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();
const at = (values: Float64Array, share: number): number =>
  values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
