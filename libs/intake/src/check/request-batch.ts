import type { QuarantinedObservation, QuarantineReason } from '#lib/domain';
import type { RegisteredSeries } from '../registry/registered-series.js';
import type { SourceRegistry } from '../registry/source-registry.js';
import { DoorError } from '../door/door-error.js';
import {
  BODY_SIZE_MAX_bytes,
  type DoorCounts,
  type ItemProblem,
  OBSERVATIONS_PER_REQUEST_MAX,
  PROBLEMS_PER_ANSWER_MAX,
} from '../door/door-request.js';

/** Why an observation cannot be counted yet. */
export interface QuarantineFinding {
  readonly reason: QuarantineReason;
  readonly detail: string;
}

/** `A` (normal) is what an absent flag means, so it is not stored. */
const NORMAL_FLAG = 'A';
/** Most text of originals that one request may leave in quarantine. */
const QUARANTINED_CHARACTERS_MAX = 2 * BODY_SIZE_MAX_bytes;

/**
 * What one request holds, as columns that grow while it is read: no object per observation. Everything that was sent ends
 * up in exactly one of four counters.
 */
export class RequestBatch {
  /** Series of this request, in the order of their first observation. */
  readonly series: RegisteredSeries[] = [];
  /** Accepted observation i belongs to `series[seriesIndex[i]]`. */
  readonly seriesIndex: number[] = [];
  readonly at_ms: number[] = [];
  readonly value: number[] = [];
  /** Null as long as no observation has a flag. */
  flag: (string | null)[] | null = null;
  readonly quarantined: QuarantinedObservation[] = [];
  readonly problems: ItemProblem[] = [];

  private duplicates = 0;
  private rejections = 0;
  private quarantined_characters = 0;
  private readonly localIndex = new Map<RegisteredSeries, number>();
  /** Newest accepted time by local series index: later than this cannot be a duplicate, which spares the look-up. */
  private readonly newest_ms: number[] = [];
  /** Accepted times by local series index; made only when times of a series do not rise. */
  private seen: Set<number>[] | null = null;
  private lastSeries: RegisteredSeries | null = null;
  private lastLocal = -1;

  constructor(
    readonly sourceId: string,
    private readonly now_ms: number,
  ) {}

  get sent(): number {
    return this.at_ms.length + this.duplicates + this.quarantined.length + this.rejections;
  }

  counts(): DoorCounts {
    return {
      sent: this.sent,
      accepted: this.at_ms.length,
      duplicate: this.duplicates,
      quarantined: this.quarantined.length,
      rejected: this.rejections,
    };
  }

  /**
   * Accepts an observation of a series of this source, or counts it as a duplicate, or says why it must be quarantined
   * (then nothing was counted: the caller has the original bytes and calls `quarantine`).
   */
  offer(series: RegisteredSeries, at_ms: number, value: number, flag: string | null): QuarantineFinding | null {
    if (!(value >= series.min && value <= series.max)) return outsideRange(series, value);
    const age_ms = this.now_ms - at_ms;
    if (age_ms > series.maxAge_ms || -age_ms > series.maxAhead_ms) return outsideWindow(series, age_ms);
    const local = series === this.lastSeries ? this.lastLocal : this.localIndexOf(series);
    if (at_ms <= this.newest_ms[local]! && this.isRepeated(local, at_ms)) {
      this.duplicate('SAME_SERIES_AND_TIME', `${series.seriesKey} has another observation of the same time before it`);
      return null;
    }
    this.push(local, at_ms, value, flag);
    return null;
  }

  duplicate(reason: string, detail: string): void {
    this.note('duplicate', reason, detail);
    this.duplicates += 1;
    this.refuseTooMany();
  }

  reject(reason: string, detail: string): void {
    this.note('rejected', reason, detail);
    this.rejections += 1;
    this.refuseTooMany();
  }

  quarantine(finding: QuarantineFinding, original: string, seriesKey?: string, at_ms?: number): void {
    this.note('quarantined', finding.reason, finding.detail);
    this.quarantined.push({
      reason: finding.reason,
      detail: finding.detail,
      ...(seriesKey === undefined ? {} : { series: seriesKey }),
      ...(at_ms === undefined ? {} : { observedAt_ms: at_ms }),
      original,
      encoding: 'utf8',
    });
    this.refuseTooMany();
    // A CSV row is kept once for each series that it feeds, so the body's own limit is not enough.
    this.quarantined_characters += original.length;
    if (this.quarantined_characters > QUARANTINED_CHARACTERS_MAX) {
      throw new DoorError(
        'too-large',
        'QUARANTINE_TOO_LARGE',
        'too much of this would have to be quarantined; split it',
      );
    }
  }

  private push(local: number, at_ms: number, value: number, flag: string | null): void {
    if (at_ms > this.newest_ms[local]!) this.newest_ms[local] = at_ms;
    if (this.seen !== null) (this.seen[local] ??= new Set()).add(at_ms);
    if (flag !== null && flag !== NORMAL_FLAG) this.flag ??= new Array<string | null>(this.at_ms.length).fill(null);
    if (this.flag !== null) this.flag.push(flag === NORMAL_FLAG ? null : flag);
    this.seriesIndex.push(local);
    this.at_ms.push(at_ms);
    // JSON has no way to keep the sign of zero through JSON.stringify, and -0 equals 0: one of the two is stored.
    this.value.push(value === 0 ? 0 : value);
    if (this.at_ms.length > OBSERVATIONS_PER_REQUEST_MAX) this.refuseTooMany();
  }

  private localIndexOf(series: RegisteredSeries): number {
    let local = this.localIndex.get(series);
    if (local === undefined) {
      local = this.series.push(series) - 1;
      this.localIndex.set(series, local);
      this.newest_ms.push(-Infinity);
    }
    this.lastSeries = series;
    this.lastLocal = local;
    return local;
  }

  private isRepeated(local: number, at_ms: number): boolean {
    if (this.seen === null) {
      this.seen = this.series.map(() => new Set<number>());
      for (let i = 0; i < this.at_ms.length; i += 1) this.seen[this.seriesIndex[i]!]!.add(this.at_ms[i]!);
    }
    return this.seen[local]?.has(at_ms) ?? false;
  }

  private note(verdict: ItemProblem['verdict'], reason: string, detail: string): void {
    if (this.problems.length < PROBLEMS_PER_ANSWER_MAX) {
      this.problems.push({ index: this.sent, verdict, reason, detail });
    }
  }

  private refuseTooMany(): void {
    if (this.sent <= OBSERVATIONS_PER_REQUEST_MAX) return;
    throw new DoorError(
      'too-large',
      'TOO_MANY_OBSERVATIONS',
      `one request holds at most ${OBSERVATIONS_PER_REQUEST_MAX} observations; split it`,
    );
  }
}

/** The series an observation names, when it may be counted in it; else why not. */
export function seriesFor(
  registry: SourceRegistry,
  sourceId: string,
  seriesKey: string,
): RegisteredSeries | QuarantineFinding {
  const series = registry.findSeries(seriesKey);
  if (series === undefined) return { reason: 'unknown-series', detail: `no series ${seriesKey} is registered` };
  if (series.sourceId !== sourceId) {
    return { reason: 'series-of-other-source', detail: `the series ${seriesKey} belongs to another source` };
  }
  if (series.retired) return { reason: 'unknown-series', detail: `the series ${seriesKey} is retired` };
  return series;
}

function outsideRange(series: RegisteredSeries, value: number): QuarantineFinding {
  const detail =
    value > series.max
      ? `${value} is above the largest possible value ${series.max}`
      : `${value} is below the smallest possible value ${series.min}`;
  return { reason: 'outside-physical-range', detail };
}

function outsideWindow(series: RegisteredSeries, age_ms: number): QuarantineFinding {
  const detail =
    age_ms > 0
      ? `observed ${age_ms} ms ago, more than the ${series.maxAge_ms} ms that are allowed`
      : `observed ${-age_ms} ms ahead of the clock, more than the ${series.maxAhead_ms} ms that are allowed`;
  return { reason: 'outside-time-window', detail };
}
