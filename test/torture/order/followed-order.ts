import { createHash } from 'node:crypto';
import type { StoredEvent } from '#lib/event-store';

/** What one subscriber has seen, in a few numbers: how many, up to where, and a hash over the ids in their order. */
export interface SeenOrder {
  readonly events: number;
  readonly position: string;
  readonly hash: string;
  /** The first few positions that came twice, too early or not at all. */
  readonly disorders: readonly string[];
}

const DISORDERS_MAX = 10;

/** Takes events as they come and notices every one that is not the next. */
export class FollowedOrder {
  private readonly hash = createHash('sha256');
  private readonly disorders: string[] = [];
  private readonly revisions = new Map<string, bigint>();
  private events = 0;
  position = 0n;

  take({ position, id, stream, revision }: StoredEvent): void {
    if (position !== this.position + 1n) this.note(`position ${position} after ${this.position}`);
    const expected = this.revisions.get(stream) ?? 0n;
    if (revision !== expected) this.note(`${stream}: revision ${revision} instead of ${expected}`);
    this.revisions.set(stream, revision + 1n);
    this.position = position;
    this.events += 1;
    this.hash.update(id);
  }

  seen(): SeenOrder {
    const { events, position, disorders } = this;
    return { events, position: String(position), hash: this.hash.copy().digest('hex'), disorders };
  }

  private note(disorder: string): void {
    if (this.disorders.length < DISORDERS_MAX) this.disorders.push(disorder);
  }
}
