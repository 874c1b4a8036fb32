import type { StoredEvent } from '#lib/event-store';
import type { Report } from '../report.js';
import type { Callers } from './caller.js';

/** Every key has one set of events in the log, wherever and however often it was used. */
export class OnceCheck {
  private readonly sets = new Map<string, number>();

  constructor(
    private readonly callers: Callers,
    private readonly report: Report,
  ) {}

  /** Takes an event of the log. */
  visit(event: StoredEvent): void {
    const { type, stream, position, metadata } = event;
    const key = metadata.request?.key;
    if (key === undefined) return;
    const isFirstOfSet = type === 'UnitRenamed' || metadata.request?.response !== null;
    if (!isFirstOfSet) return;
    const sets = (this.sets.get(key) ?? 0) + 1;
    this.sets.set(key, sets);
    if (sets > 1) this.report.doubled(`${key} of ${stream}: a second set of events at position ${position}`);
    if (type === 'UnitRenamed') this.checkDecision(key, event);
  }

  /** After the whole log has been visited. */
  checkNothingLost(): void {
    const keys = [...this.callers.ledgers.flat().map(({ key }) => key!), ...this.callers.decisions.keys()];
    for (const key of keys)
      if (!this.sets.has(key)) this.report.lost(`every call was answered, but nothing has key ${key}`);
    this.report.tried('keys with one set of events', this.sets.size);
  }

  private checkDecision(key: string, { data, position }: StoredEvent): void {
    const decision = this.callers.decisions.get(key);
    const name = (JSON.parse(data) as { name: { en: string } }).name.en;
    const isRight = decision?.name === name && decision.position() === String(position);
    this.report.check(
      isRight,
      () => `${key}: "${name}" at ${position}, acknowledged at ${String(decision?.position())}`,
    );
  }
}
