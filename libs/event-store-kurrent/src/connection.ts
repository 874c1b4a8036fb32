/** What the store and the import share about the client and the server. */
import { setTimeout } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import { EventStoreError, type NewEvent } from '#lib/event-store';
import type { ServerClient } from './server-log.js';

/** Longest wait for the client's streams at the end. */
const CLOSE_MAX_ms = 3000;

/** The client; it knows the server's newer names (`kurrentdb://`) only as `esdb://`. */
export const clientFor = (connectionString: string): ServerClient =>
  EventStoreDBClient.connectionString(connectionString.trim().replace(/^kurrent(?:db)?(\+discover)?:/, 'esdb$1:'));

/** The client waits for every stream it ever opened; the process must not wait for a server that is gone. */
export async function closeClient(client: ServerClient): Promise<void> {
  await Promise.race([client.dispose(), setTimeout(CLOSE_MAX_ms, undefined, { ref: false })]);
}

/** Names that begin so belong to the server: it would hide them from readers, and guards them by other rules. */
export function refuseSystemNames(stream: string, events: readonly Pick<NewEvent, 'type'>[]): void {
  const name = [stream, ...events.map((event) => event.type)].find((text) => text.startsWith('$'));
  if (name !== undefined)
    throw new EventStoreError(
      'INVALID_EVENT',
      `${JSON.stringify(name)}: names beginning with $ belong to EventStoreDB`,
    );
}

/**
 * What to send with each append. Without TLS the client sends no credentials at all, whatever it is given.
 * @returns undefined where they are unknown (a certificate, or an anonymous user): then the client's shared way is taken
 */
export function callCredentialsOf(connectionString: string): { username: string; password: string } | undefined {
  const [, username, password] = /^[^:]+:\/\/([^:/@]+):([^@]+)@/.exec(connectionString.trim()) ?? [];
  if (username !== undefined && password !== undefined)
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return /[?&]tls=false\b/i.test(connectionString) ? { username: 'none', password: 'none' } : undefined;
}
