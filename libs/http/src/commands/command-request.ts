import { createHash, randomUUID } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor, Role } from '#lib/domain';
import { actorOf, type Caller } from '../access/caller.js';
import { RequestRefused } from '../problems/request-refused.js';

/** What a request adds to a command: who sent it, and how a repetition of it is recognised. */
export interface CommandRequest {
  readonly actor: Actor;
  /** Unique for ever for this command; the same when the caller repeats it with the same `Idempotency-Key`. */
  readonly commandId: string;
  readonly correlationId: string;
  /** The one unit for whose things this person may decide; absent: the person decides for the whole organisation. */
  readonly onlyUnitId?: string;
  /** Present when the caller gave an `Idempotency-Key`: the key, and what tells a repetition from another request. */
  readonly repetition?: { readonly key: string; readonly fingerprint: string };
}

/** What a command answers. Positions and revisions are decimal text, because they may exceed what JSON numbers hold. */
export interface CommandAnswer {
  readonly id: string;
  /** Log position of the last event that this led to, for `waitFor`; null when there is none. */
  readonly position: string | null;
  readonly revision: string | null;
}

/** Printable ASCII, so that a key is the same text in every log and proxy. */
const IDEMPOTENCY_KEY_PATTERN = /^[\x20-\x7e]{1,255}$/;

export function commandRequestOf(request: FastifyRequest): CommandRequest {
  const actor = actorOf(request.caller);
  const sent = { actor, correlationId: request.id, ...unitLimitOf(request.caller) };
  const header = request.headers['idempotency-key'];
  if (header === undefined) return { ...sent, commandId: randomUUID() };
  const key = withoutQuotes(String(header).trim());
  if (!IDEMPOTENCY_KEY_PATTERN.test(key)) {
    throw new RequestRefused('VALIDATION', 'Mend the header Idempotency-Key.', {
      problems: [{ where: 'Idempotency-Key', what: 'must be 1 to 255 printable ASCII characters' }],
    });
  }
  return {
    ...sent,
    // Keys belong to their caller: nobody can meet, or block, another's.
    commandId: `http:${actor.kind}:${actor.id}:${key}`,
    repetition: { key, fingerprint: fingerprintOf(request) },
  };
}

/** Roles whose rights end at the unit that their person is registered with; the others are of the organisation. */
const ROLES_OF_A_UNIT: readonly Role[] = ['kpi-owner', 'evaluator'];

const unitLimitOf = ({ role, unitId }: Caller): Pick<CommandRequest, 'onlyUnitId'> =>
  unitId !== null && ROLES_OF_A_UNIT.includes(role) ? { onlyUnitId: unitId } : {};

/** The Internet-Draft writes keys as quoted strings; bare ones are usual, and mean the same. */
const withoutQuotes = (text: string): string =>
  text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;

function fingerprintOf({ method, url, body }: FastifyRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([method, url, body ?? null]))
    .digest('hex');
}

/** The command request of the HTTP request, into a controller's parameter. */
export const FromRequest = createParamDecorator((_data: unknown, context: ExecutionContext): CommandRequest =>
  commandRequestOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** A part of a command that is decided in another stream needs an id of its own, which a repetition gives it again. */
export const partOf = (request: CommandRequest, part: string): CommandRequest => ({
  ...request,
  commandId: `${request.commandId}#${part}`,
});
