/**
 * A double of EventStoreDB on a real socket: the client's own generated messages, three RPCs, and faults on demand. So the
 * real client runs in the tests, with its streams, trailers and reconnections. Rules: `fake-log.ts`.
 */
import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import sharedModule from '@eventstore/db-client/generated/shared_pb.js';
import servicesModule from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsModule from '@eventstore/db-client/generated/streams_pb.js';
import { FakeLog, type Expected, type FakeRecord, type Proposed, type Written } from './fake-log.js';

const { Empty, StreamIdentifier, UUID } = sharedModule;
const { AppendResp, DeleteResp, ReadResp, TombstoneResp } = streamsModule;
type ReadOptions = NonNullable<ReturnType<InstanceType<typeof streamsModule.ReadReq>['getOptions']>>;
type AppendRequest = InstanceType<typeof streamsModule.AppendReq>;
type DeleteRequest = InstanceType<typeof streamsModule.DeleteReq>;
type Reading = EventEmitter & {
  readonly request: InstanceType<typeof streamsModule.ReadReq>;
  write(message: unknown): boolean;
  end(): void;
  readonly cancelled: boolean;
};
type Appending = AsyncIterable<AppendRequest>;
type Reply = (error: Fault | null, message?: unknown) => void;

interface GrpcMetadata {
  set(name: string, value: string): void;
}
interface GrpcServer {
  addService(service: object, methods: object): void;
  bindAsync(address: string, credentials: object, bound: (error: Error | null, port: number) => void): void;
  forceShutdown(): void;
}
/** What is used of the gRPC library. */
interface Grpc {
  readonly Metadata: new () => GrpcMetadata;
  readonly Server: new () => GrpcServer;
  readonly ServerCredentials: { createInsecure(): object };
}

// The gRPC library is the client's dependency, not ours: it is found where the client finds it.
const requireOfClient = createRequire(createRequire(import.meta.url).resolve('@eventstore/db-client'));
const grpc = requireOfClient('@grpc/grpc-js') as Grpc;

export const UNAVAILABLE = 14;
const UNKNOWN = 2;
const FAILED_PRECONDITION = 9;
const TICKS_PER_MILLISECOND = 10_000n;

/** A gRPC status with the trailers by which the client tells errors. */
export interface Fault {
  readonly code: number;
  readonly details: string;
  readonly metadata: GrpcMetadata;
}

export function fault(code: number, trailers: Record<string, string> = {}): Fault {
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return { code, details: trailers.exception ?? 'fault on demand', metadata };
}

/** What a test may do to a call: nothing, refuse it, or let it be done and lose the answer. */
export type Interference = Fault | { readonly afterwards: Fault } | null;

export interface FakeServerOptions {
  /** Tells when a subscription has caught up, as newer servers do. */
  readonly saysCaughtUp?: boolean;
  readonly maxAppendSize_bytes?: number;
}

export class FakeServer {
  readonly log = new FakeLog();
  /** Asked before each call of a kind. */
  interfere: (call: 'read' | 'append' | 'subscribe') => Interference = () => null;
  readonly #subscriptions = new Set<Reading>();
  #server = new grpc.Server();
  #port = 0;

  constructor(readonly options: FakeServerOptions = {}) {}

  static async start(options: FakeServerOptions = {}): Promise<FakeServer> {
    const server = new FakeServer(options);
    await server.#listen();
    return server;
  }

  get connectionString(): string {
    return `esdb://127.0.0.1:${this.#port}?tls=false`;
  }

  /** Breaks every connection; with `restart` the server is there again at the same port. */
  async break(): Promise<void> {
    this.#server.forceShutdown();
    this.#subscriptions.clear();
  }

  async restart(): Promise<void> {
    this.#server = new grpc.Server();
    await this.#listen();
  }

  async stop(): Promise<void> {
    this.#server.forceShutdown();
  }

  /** Subscriptions that are open. */
  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  /** Ends every subscription with a status. */
  dropSubscriptions(status: Fault): void {
    for (const reading of this.#subscriptions) reading.emit('error', status);
    this.#subscriptions.clear();
  }

  async #listen(): Promise<void> {
    this.#server.addService(servicesModule.StreamsService, {
      read: (reading: Reading) => this.#read(reading),
      append: (request: Appending, reply: Reply) => void this.#append(request, reply),
      delete: (call: { request: DeleteRequest }, reply: Reply) => this.#delete(call.request, 'softDelete', reply),
      tombstone: (call: { request: DeleteRequest }, reply: Reply) => this.#delete(call.request, 'tombstone', reply),
    });
    const insecure = grpc.ServerCredentials.createInsecure();
    this.#port = await new Promise<number>((resolve, reject) =>
      this.#server.bindAsync(`127.0.0.1:${this.#port}`, insecure, (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
  }

  async #append(request: Appending, reply: Reply): Promise<void> {
    const interference = this.interfere('append');
    if (interference !== null && 'code' in interference) return reply(interference);
    let stream = '';
    let expected: Expected = 'any';
    const proposed: Proposed[] = [];
    for await (const message of request) {
      const options = message.getOptions();
      if (options !== undefined) {
        stream = nameOf(options.getStreamIdentifier());
        expected = options.hasNoStream() ? 'no-stream' : options.hasRevision() ? BigInt(options.getRevision()) : 'any';
      } else proposed.push(proposedOf(message.getProposedMessage()!));
    }
    const limit = this.options.maxAppendSize_bytes ?? 1024 * 1024;
    if (proposed.reduce((sum, event) => sum + event.data.length + event.userMetadata.length, 0) > limit)
      return reply(fault(3, { exception: 'maximum-append-size-exceeded', 'maximum-append-size': String(limit) }));
    const result = this.log.append(stream, expected, proposed);
    if (interference !== null) return reply(interference.afterwards);
    if (result.outcome === 'deleted') return reply(deleted(stream));
    reply(null, appendResponse(result));
  }

  #delete(request: DeleteRequest, how: 'softDelete' | 'tombstone', reply: Reply): void {
    this.log[how](nameOf(request.getOptions()?.getStreamIdentifier()));
    reply(null, how === 'softDelete' ? new DeleteResp() : new TombstoneResp());
  }

  #read(reading: Reading): void {
    const options = reading.request.getOptions()!;
    const interference = this.interfere(options.hasSubscription() ? 'subscribe' : 'read');
    if (interference !== null && 'code' in interference) return void reading.emit('error', interference);
    if (options.hasSubscription()) return this.#subscribe(reading, options);
    const stream = options.getStream();
    const isForwards = options.getReadDirection() === 0;
    if (stream !== undefined) {
      const name = nameOf(stream.getStreamIdentifier());
      if (this.log.isTombstoned(name)) return void reading.emit('error', deleted(name));
      const records = this.log.readable(name);
      if (records === null) return answer(reading, [notFound(name)]);
      const from = stream.hasRevision() ? BigInt(stream.getRevision()) : null;
      const wanted = records.filter(
        ({ revision }) => from === null || (isForwards ? revision >= from : revision <= from),
      );
      return answer(reading, chosen(wanted, isForwards, options).map(eventMessage));
    }
    const from = placeOf(options);
    const wanted = this.log.records.filter(
      ({ position }) => from === null || (isForwards ? position >= from : position < from),
    );
    answer(reading, chosen(wanted, isForwards, options).map(eventMessage));
    // A call that is broken half way: what was read is lost on the way from here on.
    if (interference !== null) reading.emit('error', interference.afterwards);
  }

  /** Sends the wanted events behind a place, and a checkpoint (the next record's place) after each window of others. */
  #subscribe(reading: Reading, options: ReadOptions): void {
    const from = placeOf(options);
    // Exclusive in the server's way: it passes over the first record at the place or behind it.
    const first = from === null ? 0 : this.log.records.findIndex(({ position }) => position >= from) + 1;
    let next = from !== null && first === 0 ? this.log.records.length : first;
    let passedOver = 0;
    const isWanted = filterOf(options);
    const window = options.getFilter()?.getMax() ?? 32;
    const pump = (): void => {
      for (; next < this.log.records.length && !reading.cancelled; next += 1) {
        const record = this.log.records[next]!;
        if (isWanted(record)) reading.write(eventMessage(record));
        else if ((passedOver += 1) % window === 0)
          reading.write(checkpointMessage(this.log.records[next + 1]?.position ?? this.log.end));
      }
    };
    reading.write(new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId('fake')));
    pump();
    if (this.options.saysCaughtUp) reading.write(new ReadResp().setCaughtUp(new ReadResp.CaughtUp()));
    this.#subscriptions.add(reading);
    const stop = this.log.onWrite(pump);
    const leave = (): void => {
      stop();
      this.#subscriptions.delete(reading);
    };
    reading.on('cancelled', leave);
    reading.on('error', leave);
  }
}

function answer(reading: Reading, messages: readonly unknown[]): void {
  for (const message of messages) reading.write(message);
  reading.end();
}

function chosen(records: FakeRecord[], isForwards: boolean, options: ReadOptions): FakeRecord[] {
  const ordered = isForwards ? records : [...records].reverse();
  return ordered.slice(0, Number(options.getCount()));
}

function placeOf(options: ReadOptions): bigint | null {
  const position = options.getAll()?.getPosition();
  return position === undefined ? null : BigInt(position.getCommitPosition());
}

function filterOf(options: ReadOptions): (record: FakeRecord) => boolean {
  const filter = options.getFilter();
  const expression = filter?.getEventType() ?? filter?.getStreamIdentifier();
  if (filter === undefined || expression === undefined) return () => true;
  const textOf = (record: FakeRecord): string => (filter.hasEventType() ? record.type : record.stream);
  const prefixes = expression.getPrefixList();
  const pattern = new RegExp(expression.getRegex(), 'u');
  return (record) =>
    prefixes.length > 0 ? prefixes.some((prefix) => textOf(record).startsWith(prefix)) : pattern.test(textOf(record));
}

function proposedOf(message: NonNullable<ReturnType<AppendRequest['getProposedMessage']>>): Proposed {
  return {
    id: message.getId()!.getString(),
    type: message.getMetadataMap().get('type')!,
    contentType: message.getMetadataMap().get('content-type')!,
    data: message.getData_asU8(),
    userMetadata: message.getCustomMetadata_asU8(),
  };
}

function appendResponse(result: Exclude<Written, { outcome: 'deleted' }>): unknown {
  if (result.outcome === 'wrong-version') {
    const wrong = new AppendResp.WrongExpectedVersion().setExpectedNoStream(new Empty());
    if (result.current === null) wrong.setCurrentNoStream(new Empty());
    else wrong.setCurrentRevision(String(result.current));
    return new AppendResp().setWrongExpectedVersion(wrong);
  }
  const place = String(result.position);
  const position = new AppendResp.Position().setCommitPosition(place).setPreparePosition(place);
  return new AppendResp().setSuccess(
    new AppendResp.Success().setCurrentRevision(String(result.last)).setPosition(position),
  );
}

function eventMessage(record: FakeRecord): unknown {
  const place = String(record.position);
  const event = new ReadResp.ReadEvent.RecordedEvent()
    .setId(new UUID().setString(record.id))
    .setStreamIdentifier(identifierOf(record.stream))
    .setStreamRevision(String(record.revision))
    .setCommitPosition(place)
    .setPreparePosition(place)
    .setData(record.data)
    .setCustomMetadata(record.userMetadata);
  event.getMetadataMap().set('type', record.type);
  event.getMetadataMap().set('content-type', record.contentType);
  event.getMetadataMap().set('created', String(BigInt(record.createdAt_ms) * TICKS_PER_MILLISECOND));
  return new ReadResp().setEvent(new ReadResp.ReadEvent().setEvent(event).setCommitPosition(place));
}

const checkpointMessage = (place: bigint): unknown =>
  new ReadResp().setCheckpoint(new ReadResp.Checkpoint().setCommitPosition(String(place)).setPreparePosition('0'));

const notFound = (stream: string): unknown =>
  new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(identifierOf(stream)));

const identifierOf = (stream: string): InstanceType<typeof StreamIdentifier> =>
  new StreamIdentifier().setStreamName(Buffer.from(stream, 'utf8'));

const nameOf = (identifier: InstanceType<typeof StreamIdentifier> | undefined): string =>
  Buffer.from(identifier!.getStreamName_asU8()).toString('utf8');

const deleted = (stream: string): Fault =>
  fault(FAILED_PRECONDITION, { exception: 'stream-deleted', 'stream-name': stream });

export const notLeader = (port: number): Fault =>
  fault(5, { exception: 'not-leader', 'leader-endpoint-host': '127.0.0.1', 'leader-endpoint-port': String(port) });

export const unknown = (): Fault => fault(UNKNOWN);
