import type { StoredEvent } from '#lib/event-store';
import type { Report } from '../report.js';
import { unitIdOf } from '../support/prepare-city.js';
import type { Life } from '../support/life.js';

const STREAM = `unit-${unitIdOf(0)}`;

/** One who decides: gives a unit a new name over and over, each time with a key, and repeats what got no answer. */
export class Renamer {
  /** Place of each name in the log, as it was acknowledged. */
  private readonly acknowledged = new Map<string, { readonly position: string; readonly revision: string }>();
  private readonly seen = new Map<string, number>();
  private next = 0;

  constructor(
    private readonly token: string,
    private readonly report: Report,
  ) {}

  async renameWhile(life: Life): Promise<void> {
    while (!life.hasEnded()) await this.rename(life);
  }

  /** Sends the name at hand; goes on to the next one only when it was answered. */
  async rename(life: Life): Promise<void> {
    const name = `Name ${this.next}`;
    const path = `/v1/units/${unitIdOf(0)}/rename`;
    const posted = await life.poster.post(
      path,
      this.token,
      JSON.stringify({ name: { en: name } }),
      `rename-${this.next}`,
    );
    if (posted === null || (posted.status === 503 && life.hasEnded())) {
      this.report.check(life.hasEnded(), () => `${name}: the connection broke in the middle of a life`);
      return;
    }
    const { status, body } = posted;
    this.next += 1;
    if (!this.report.check(status < 300, () => `${name}: ${status} ${JSON.stringify(body)}`)) return;
    this.acknowledged.set(name, { position: String(body['position']), revision: String(body['revision']) });
    this.report.tried('acknowledged decisions');
  }

  /** Takes an event of the log. */
  visit({ stream, type, data, position, revision }: StoredEvent): void {
    if (stream !== STREAM || type !== 'UnitRenamed') return;
    const name = (JSON.parse(data) as { name: { en: string } }).name.en;
    if (this.seen.has(name))
      this.report.doubled(`the decision "${name}" stands at ${this.seen.get(name)} and ${position}`);
    this.seen.set(name, Number(position));
    const told = this.acknowledged.get(name);
    if (told === undefined) return;
    const isThere = told.position === String(position) && told.revision === String(revision);
    this.report.check(
      isThere,
      () => `"${name}" was acknowledged at ${JSON.stringify(told)} and stands at ${position}@${revision}`,
    );
  }

  /** After the whole log has been visited. */
  checkNothingLost(): void {
    for (const name of this.acknowledged.keys())
      if (!this.seen.has(name)) this.report.lost(`the acknowledged decision "${name}"`);
  }
}
