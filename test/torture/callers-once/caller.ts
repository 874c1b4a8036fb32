import type { Random } from '../random.js';
import type { Report } from '../report.js';
import { unitIdOf, UNITS, type PreparedCity } from '../support/prepare-city.js';
import type { Life } from '../support/life.js';
import { bodyOf, planRequest, type PlannedRequest } from '../support/planned-request.js';
import type { Posted } from '../support/poster.js';

/** How many send the same request at the same moment, when it is not one alone. */
const WIDTH = 8;
const WIDE_CHANCE = 0.3;
const SINGLE_CHANCE = 0.5;
const OBSERVATIONS_MAX = 12;
/** After a request: an earlier one again, an earlier key with another content. */
const REPEAT_CHANCE = 0.1;
const REUSE_CHANCE = 0.05;
/** Every so many requests a decision, which is as wide as the request before it. */
const DECISION_EVERY = 50;
/** Shorter than the second that `Retry-After` asks for, so that repetitions meet; long enough to leave the machine to the work. */
const BUSY_PAUSE_MIN_MS = 10;
const BUSY_PAUSE_MAX_MS = 60;

/** Something that is asked once, by however many callers. */
interface Call {
  readonly name: string;
  readonly path: string;
  readonly token: string;
  readonly key: string;
  readonly body: string;
  /** Another content, for a caller that uses the key wrongly. */
  readonly otherBody: string;
  readonly width: number;
  /** For observations: the ledger's entry. */
  readonly request?: PlannedRequest;
  /** The answer without `replayed`, as JSON text; null while none has arrived. */
  answer: string | null;
  /** How often it was answered as if it were the first. */
  firsts: number;
}

/** Callers that repeat themselves, at once and later, in this life of the system and in the next ones. */
export class Callers {
  readonly ledgers: PlannedRequest[][];
  readonly decisions = new Map<string, { readonly name: string; readonly position: () => string | null }>();
  private readonly answered: Call[] = [];
  private unanswered: Call[] = [];
  private planned = 0;

  constructor(
    private readonly city: PreparedCity,
    private readonly random: Random,
    private readonly report: Report,
    private readonly count: number,
  ) {
    this.ledgers = city.sourceTokens.map(() => []);
  }

  get started(): number {
    return this.planned;
  }

  /** One lane of several: calls until everything was called or the life ends. */
  async callWhile(life: Life, random: Random): Promise<void> {
    await this.callUnanswered(life, random);
    while (this.planned < this.count && !life.hasEnded()) {
      for (const call of this.planNext()) await this.makeAll(life, random, call);
      if (random.chance(REPEAT_CHANCE)) await this.repeatEarlier(life, random);
      if (random.chance(REUSE_CHANCE)) await this.reuseKey(life, random);
    }
  }

  async callUnanswered(life: Life, random: Random): Promise<void> {
    while (this.unanswered.length > 0 && !life.hasEnded()) {
      this.report.tried('calls again after a lost answer');
      await this.makeAll(life, random, this.unanswered.shift()!);
    }
  }

  private planNext(): Call[] {
    const index = this.planned++;
    // What a call is depends on its number only, not on the lane that makes it.
    const random = this.random.fork(`call-${index}`);
    const source = index % this.ledgers.length;
    const ledger = this.ledgers[source]!;
    const observations = random.chance(SINGLE_CHANCE) ? 1 : random.integer(2, OBSERVATIONS_MAX);
    const request = planRequest(source, ledger.length, observations, true);
    ledger.push(request);
    const width = random.chance(WIDE_CHANCE) ? WIDTH : 1;
    const calls = [this.observing(request, source, width)];
    if (index % DECISION_EVERY === 0) calls.push(this.deciding(index, width));
    return calls;
  }

  private observing(request: PlannedRequest, source: number, width: number): Call {
    const { sender, sequence, observations, key } = request;
    const other = planRequest(sender, sequence, observations + 1, true);
    return {
      ...{ name: `source ${source}, request ${sequence}`, path: '/v1/observations', key: key!, width, request },
      ...{ token: this.city.sourceTokens[source]!, body: bodyOf(request), otherBody: bodyOf(other) },
      ...{ answer: null, firsts: 0 },
    };
  }

  private deciding(index: number, width: number): Call {
    const unit = unitIdOf(Math.floor(index / DECISION_EVERY) % UNITS);
    const name = `Name ${index}`;
    const bodyWith = (en: string): string => JSON.stringify({ name: { en } });
    const call: Call = {
      ...{ name, path: `/v1/units/${unit}/rename`, token: this.city.adminToken, key: `decision-${index}`, width },
      ...{ body: bodyWith(name), otherBody: bodyWith(`Other ${index}`), answer: null, firsts: 0 },
    };
    const position = (): string | null =>
      call.answer === null ? null : (JSON.parse(call.answer) as { position: string }).position;
    this.decisions.set(call.key, { name, position });
    return call;
  }

  private async makeAll(life: Life, random: Random, call: Call): Promise<void> {
    if (call.width > 1) this.report.tried(`calls ${WIDTH} wide`);
    this.report.tried('calls');
    await Promise.all(Array.from({ length: call.width }, () => this.make(life, random, call)));
    if (call.answer === null) this.unanswered.push(call);
    else this.answered.push(call);
  }

  private async make(life: Life, random: Random, call: Call): Promise<void> {
    const posted = await this.postUntilSettled(life, random, call, call.body);
    if (posted === null || (posted.status === 503 && life.hasEnded())) return this.miss(life, call);
    const { status, body } = posted;
    const isGood = status === 200 || status === 201;
    if (!this.report.check(isGood, () => `${call.name}: ${status} ${JSON.stringify(body)}`)) return;
    this.take(call, body);
  }

  private take(call: Call, body: Record<string, unknown>): void {
    const { replayed, ...answer } = body;
    const text = JSON.stringify(answer);
    if (call.answer === null) {
      call.answer = text;
      if (call.request !== undefined) call.request.position = BigInt(answer['position'] as string);
    }
    this.report.check(call.answer === text, () => `${call.name}: answered ${call.answer}, and also ${text}`);
    this.report.tried(replayed === true ? 'answers of then' : 'answers');
    // Commands do not say whether they are answered as then.
    if (call.request === undefined || replayed === true) return;
    call.firsts += 1;
    if (call.firsts > 1) this.report.doubled(`${call.name}: answered as the first ${call.firsts} times`);
  }

  private async repeatEarlier(life: Life, random: Random): Promise<void> {
    if (this.answered.length === 0) return;
    this.report.tried('repetitions of an earlier call');
    await this.make(life, random, random.pick(this.answered));
  }

  private async reuseKey(life: Life, random: Random): Promise<void> {
    if (this.answered.length === 0) return;
    const call = random.pick(this.answered);
    const posted = await this.postUntilSettled(life, random, call, call.otherBody);
    if (posted === null || (posted.status === 503 && life.hasEnded())) return this.miss(life, call);
    const { status, body } = posted;
    const isRefused = status === 422 && body['code'] === 'IDEMPOTENCY_KEY_REUSED';
    this.report.check(isRefused, () => `${call.name}, key with other content: ${status} ${JSON.stringify(body)}`);
    this.report.tried('keys with other content refused with 422');
  }

  /** Repeats after 409: another with this key is being worked on. */
  private async postUntilSettled(life: Life, random: Random, call: Call, body: string): Promise<Posted> {
    for (;;) {
      this.report.tried('HTTP requests');
      const posted = await life.poster.post(call.path, call.token, body, call.key);
      if (posted?.status !== 409) return posted;
      this.report.tried('answers 409 while running');
      await new Promise((resolve) => setTimeout(resolve, random.integer(BUSY_PAUSE_MIN_MS, BUSY_PAUSE_MAX_MS)));
    }
  }

  private miss(life: Life, call: Call): void {
    this.report.check(life.hasEnded(), () => `${call.name}: the connection broke in the middle of a life`);
    this.report.tried('HTTP requests without an answer');
  }
}
