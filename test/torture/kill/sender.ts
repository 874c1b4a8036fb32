import type { Random } from '../random.js';
import type { Report } from '../report.js';
import type { Posted } from '../support/poster.js';
import type { Life } from '../support/life.js';
import {
  bodyOf,
  OBSERVATIONS_PER_REQUEST_MAX,
  planRequest,
  quarantinedIn,
  type PlannedRequest,
} from '../support/planned-request.js';

const OBSERVATIONS_PATH = '/v1/observations';
const SINGLE_CHANCE = 0.5;
const KEYED_CHANCE = 0.6;
/** A keyed request that is sent twice at the same moment, and one that was answered before and is sent again. */
const TWIN_CHANCE = 0.1;
const REPEAT_CHANCE = 0.1;
const REPEATED_FROM_LAST = 200;
/** Pause before a request is repeated that was told to wait. */
const BUSY_PAUSE_MS = 5;

/** One source: sends a request after the other for as long as a life lasts, and keeps a ledger of all of them. */
export class Sender {
  readonly ledger: PlannedRequest[] = [];
  /** Keyed requests without an answer: they are sent again in the next life. */
  private unanswered: PlannedRequest[] = [];
  private readonly answeredKeyed: PlannedRequest[] = [];

  constructor(
    private readonly index: number,
    private readonly token: string,
    private readonly random: Random,
    private readonly report: Report,
  ) {}

  async sendWhile(life: Life): Promise<void> {
    await this.repeatUnanswered(life);
    while (!life.hasEnded()) {
      if (this.answeredKeyed.length > 0 && this.random.chance(REPEAT_CHANCE)) await this.repeatAnswered(life);
      else await this.sendNew(life);
    }
  }

  /** Sends what has no answer yet until it has one. */
  async repeatUnanswered(life: Life): Promise<void> {
    while (this.unanswered.length > 0 && !life.hasEnded()) {
      this.report.tried('keyed requests sent again after a lost answer');
      const request = this.unanswered.shift()!;
      if (!(await this.sendKeyed(life, request))) this.unanswered.push(request);
    }
  }

  private async sendNew(life: Life): Promise<void> {
    const observations = this.random.chance(SINGLE_CHANCE) ? 1 : this.random.integer(2, OBSERVATIONS_PER_REQUEST_MAX);
    const isKeyed = this.random.chance(KEYED_CHANCE);
    const request = planRequest(this.index, this.ledger.length, observations, isKeyed);
    this.ledger.push(request);
    this.report.tried('requests');
    if (!isKeyed) return this.take(life, request, await this.post(life, request));
    const isTwin = this.random.chance(TWIN_CHANCE);
    const sent = [this.sendKeyed(life, request)];
    if (isTwin) sent.push(this.sendKeyed(life, request));
    await Promise.all(sent);
    if (isTwin) this.report.tried('keyed requests sent twice at once');
    if (request.answer === null) this.unanswered.push(request);
    else this.answeredKeyed.push(request);
  }

  private async repeatAnswered(life: Life): Promise<void> {
    const request = this.random.pick(this.answeredKeyed.slice(-REPEATED_FROM_LAST));
    this.report.tried('keyed requests sent again after their answer');
    await this.sendKeyed(life, request);
  }

  /** True when an answer arrived. */
  private async sendKeyed(life: Life, request: PlannedRequest): Promise<boolean> {
    for (;;) {
      const posted = await this.post(life, request);
      if (posted?.status === 409 && posted.body['code'] === 'IDEMPOTENCY_KEY_IN_PROGRESS') {
        this.report.tried('told to wait for a twin');
        await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE_MS));
        continue;
      }
      this.take(life, request, posted);
      return posted?.status === 200;
    }
  }

  private post(life: Life, request: PlannedRequest): Promise<Posted> {
    return life.poster.post(OBSERVATIONS_PATH, this.token, bodyOf(request), request.key);
  }

  private take(life: Life, request: PlannedRequest, posted: Posted): void {
    const name = `sender ${this.index}, request ${request.sequence}`;
    if (posted === null) {
      this.report.check(life.hasEnded(), () => `${name}: the connection broke in the middle of a life`);
      return this.report.tried('requests without an answer');
    }
    if (posted.status === 503 && life.hasEnded()) return this.report.tried('requests refused while stopping');
    if (!this.report.check(posted.status === 200, () => `${name}: ${posted.status} ${JSON.stringify(posted.body)}`))
      return;
    const { replayed: _replayed, ...answer } = posted.body;
    const text = JSON.stringify(answer);
    if (request.answer === null) this.acknowledge(request, answer, text);
    this.report.check(request.answer === text, () => `${name}: answered ${request.answer}, and later ${text}`);
  }

  private acknowledge(request: PlannedRequest, answer: Record<string, unknown>, text: string): void {
    const quarantined = quarantinedIn(request);
    const accepted = request.observations - quarantined;
    const isRight =
      answer['sent'] === request.observations &&
      answer['accepted'] === accepted &&
      answer['quarantined'] === quarantined;
    this.report.check(isRight, () => `sender ${this.index}, request ${request.sequence}: counted wrongly: ${text}`);
    request.answer = text;
    request.position = BigInt(answer['position'] as string);
    this.report.tried('acknowledged observations', request.observations);
  }
}
