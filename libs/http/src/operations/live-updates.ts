import type { ServerResponse } from 'node:http';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { RETRY_AFTER_DEFAULT_s } from '../problems/catalogue.js';
import { RequestRefused } from '../problems/request-refused.js';
import { ViewProgress, type ViewChange } from '../views/view-progress.js';

/** Pages that may listen at once. */
export const LISTENERS_MAX = 200;
/** A comment line keeps proxies from closing the connection, and is the moment to look whether the listener may stay. */
const HEARTBEAT_INTERVAL_ms = 15_000;
/** The views may step a hundred times a second; a page cannot use more than this. */
const SEND_INTERVAL_ms = 250;
/** A listener that does not read is let go: it will come back and ask anew. */
const UNSENT_SIZE_MAX_bytes = 64 * 1024;
/** After this many changed KPIs the page is told to look at everything again (`kpiIds` is empty and `all` is true). */
const KPIS_PER_MESSAGE_MAX = 1000;

interface Listener {
  readonly response: ServerResponse;
  readonly mayStay: () => boolean;
}

/**
 * Tells open pages that the views have moved (Server-Sent Events). It carries no figures: a page asks for them again,
 * through the same access rules as ever.
 */
@Injectable()
export class LiveUpdates implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly listeners = new Set<Listener>();
  private readonly changed = new Set<string>();
  private position: string | null = null;
  private sendTimer: NodeJS.Timeout | null = null;
  private heartbeat: NodeJS.Timeout | null = null;
  private stopHearing: () => void = () => undefined;

  constructor(private readonly progress: ViewProgress) {}

  onApplicationBootstrap(): void {
    this.stopHearing = this.progress.onChange((change) => this.note(change));
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_INTERVAL_ms);
    this.heartbeat.unref();
  }

  /** Lets everybody go, before the server waits for its connections to end. */
  beforeApplicationShutdown(): void {
    this.stopHearing();
    if (this.heartbeat !== null) clearInterval(this.heartbeat);
    if (this.sendTimer !== null) clearTimeout(this.sendTimer);
    for (const listener of [...this.listeners]) this.drop(listener);
  }

  /** @throws RequestRefused TOO_MANY_LISTENERS; ask before the answer has begun */
  refuseIfFull(): void {
    if (this.listeners.size < LISTENERS_MAX) return;
    throw new RequestRefused('TOO_MANY_LISTENERS', 'Look again at intervals instead.', {
      retryAfter_s: RETRY_AFTER_DEFAULT_s,
    });
  }

  /** @param mayStay asked at every heartbeat: a revoked token or an ended session ends the listening too */
  add(response: ServerResponse, mayStay: () => boolean): void {
    const listener = { response, mayStay };
    this.listeners.add(listener);
    response.on('close', () => this.listeners.delete(listener));
    response.on('error', () => this.drop(listener));
    response.write(`retry: 2000\n\n`);
    const { position } = this.progress.lag();
    this.write(listener, messageOf({ position, kpiIds: [] }));
  }

  get size(): number {
    return this.listeners.size;
  }

  private note({ position, kpiIds }: ViewChange): void {
    this.position = position;
    if (this.listeners.size === 0) return;
    for (const kpiId of kpiIds) this.changed.add(kpiId);
    this.sendTimer ??= setTimeout(() => this.send(), SEND_INTERVAL_ms).unref();
  }

  private send(): void {
    this.sendTimer = null;
    if (this.position === null) return;
    const tooMany = this.changed.size > KPIS_PER_MESSAGE_MAX;
    const kpiIds = tooMany ? [] : [...this.changed];
    this.changed.clear();
    const message = messageOf({ position: this.position, kpiIds, ...(tooMany && { all: true }) });
    for (const listener of [...this.listeners]) this.write(listener, message);
  }

  private beat(): void {
    for (const listener of [...this.listeners]) {
      if (listener.mayStay()) this.write(listener, ': still here\n\n');
      else this.drop(listener);
    }
  }

  private write(listener: Listener, text: string): void {
    if (listener.response.writableLength > UNSENT_SIZE_MAX_bytes) this.drop(listener);
    else listener.response.write(text);
  }

  private drop(listener: Listener): void {
    this.listeners.delete(listener);
    listener.response.end();
  }
}

const messageOf = (data: object): string => `event: progress\ndata: ${JSON.stringify(data)}\n\n`;
