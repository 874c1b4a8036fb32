import { Injectable } from '@nestjs/common';
import { type Actor, type Decider, type DomainEventOf } from '#lib/domain';
import { EventStore, executeCommand, followStored, type CommandResult, type EventMetadata } from '#lib/event-store';
import { Registries } from '../dependencies.js';
import type { CommandAnswer, CommandRequest } from './command-request.js';

/** How long an answer waits until the registries of this process know what was decided. */
const REGISTRY_WAIT_MAX_ms = 2000;

type AnyEvent = DomainEventOf<string, unknown>;

/** Brings commands to their deciders through the log: the one way by which HTTP changes anything. */
@Injectable()
export class Decisions {
  constructor(
    private readonly store: EventStore,
    private readonly registries: Registries,
  ) {}

  /** Decides, and answers with the place in the log. Errors are those of `executeCommand`. */
  async decide<Command extends { readonly actor: Actor }, State, Event extends AnyEvent>(
    decider: Decider<Command, State, Event>,
    stream: string,
    id: string,
    command: Command,
    request: CommandRequest,
  ): Promise<CommandAnswer> {
    return answerOf(id, await this.execute(decider, stream, command, request));
  }

  /** Decides; for handlers that need to see what happened. */
  execute<Command extends { readonly actor: Actor }, State, Event extends AnyEvent>(
    decider: Decider<Command, State, Event>,
    stream: string,
    command: Command,
    request: CommandRequest,
  ): Promise<CommandResult<State, Event>> {
    const { commandId } = request;
    return executeCommand({
      store: this.store,
      decider,
      stream,
      command,
      commandId,
      metadata: metadataOf(command, request),
    });
  }

  /** The present state of a stream, for checks across streams. */
  async stateOf<Command, State, Event extends AnyEvent>(
    decider: Decider<Command, State, Event>,
    stream: string,
  ): Promise<State> {
    let state = decider.initialState;
    for await (const stored of this.store.readStream(stream)) state = followStored(decider, state, stored).state;
    return state;
  }

  /**
   * Waits until the registries of this process (keys, series, people) know this answer's events, so that the caller's
   * next request already meets them. Gives up quietly: the decision stands in the log whatever they do.
   */
  async known<Answer extends { readonly position: string | null }>(answer: Answer): Promise<Answer> {
    if (answer.position !== null) await this.registries.waitFor(BigInt(answer.position), REGISTRY_WAIT_MAX_ms);
    return answer;
  }
}

export const answerOf = (
  id: string,
  { position, revision }: Pick<CommandResult<unknown, unknown>, 'position' | 'revision'>,
): CommandAnswer => ({
  id,
  position: position === null ? null : String(position),
  revision: revision === null ? null : String(revision),
});

function metadataOf(command: object, { actor, correlationId, repetition }: CommandRequest): EventMetadata {
  return {
    actor,
    correlationId,
    ...('reason' in command && typeof command.reason === 'string' && { reason: command.reason }),
    ...(repetition !== undefined && { request: { ...repetition, response: null } }),
  };
}
