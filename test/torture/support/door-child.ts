/**
 * The log and the observation door alone, behind plain node:http: no Nest, no views. It starts in a tenth of the time of the
 * whole application, so that most kills can be spent where acknowledgements are made.
 * Arguments: the log file. Registrations are read from the log, which the whole application has prepared.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LogFollower } from '#lib/event-store';
import { SqliteEventStore } from '#lib/event-store-sqlite';
import { DoorError, ObservationDoor, SourceRegistry } from '#lib/intake';
import { hearParent, tellParent } from './torture-child.js';

export interface DoorIsOpen {
  readonly url: string;
}

const STATUS_OF_REFUSAL: Readonly<Record<DoorError['kind'], number>> = {
  'bad-request': 400,
  'unsupported-media-type': 415,
  'too-large': 413,
  unprocessable: 422,
  conflict: 409,
  unavailable: 503,
};

hearParent(() => undefined);
const store = await SqliteEventStore.open({ file: process.argv[2]! });
const registry = new SourceRegistry();
const follower = new LogFollower({
  store,
  types: [...SourceRegistry.eventTypes],
  apply: registry.apply,
  onError: (error) => console.error(error),
}).start();
await follower.caughtUp();
const door = new ObservationDoor({ store, registry });

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { headers } = request;
  const key = registry.checkKey((headers.authorization ?? '').replace('Bearer ', ''));
  if (key.outcome === 'refused') return void response.writeHead(401).end();
  const idempotencyKey = headers['idempotency-key'] as string | undefined;
  const body = await bodyOf(request);
  try {
    const { source } = key;
    const answer = await door.receive({ source, contentType: headers['content-type'], body, headers, idempotencyKey });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  } catch (error) {
    const status = error instanceof DoorError ? STATUS_OF_REFUSAL[error.kind] : 500;
    const { code, message } = error as DoorError;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ code, detail: message }));
  }
}

const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
server.listen(0, '127.0.0.1', () => {
  const message: DoorIsOpen = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  void tellParent(message);
});
