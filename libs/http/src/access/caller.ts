import type { Actor, Role } from '#lib/domain';
import type { AuthenticatedSource } from '#lib/intake';

/** Who sent a request, as far as a credential proves it. */
export interface Caller {
  readonly kind: 'public' | 'person' | 'source';
  /** Person or source id; empty for the public. */
  readonly id: string;
  readonly role: Role;
  /** The unit that a person is registered with; null for the whole organisation, for sources and for the public. */
  readonly unitId: string | null;
  /** How it was proved. A browser sends cookies by itself, so writes by cookie are checked for their origin. */
  readonly via: 'nothing' | 'bearer' | 'cookie';
}

export const PUBLIC_CALLER: Caller = { kind: 'public', id: '', role: 'public', unitId: null, via: 'nothing' };

/** The actor that a command records. Only a signed-in caller decides anything. */
export function actorOf(caller: Caller): Actor {
  if (caller.kind === 'public') throw new Error('the public decides nothing; the route must demand a role');
  return { kind: caller.kind, id: caller.id, role: caller.role };
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the access hook before the body is read. */
    caller: Caller;
    /** The source behind the key, where the caller is one. */
    source: AuthenticatedSource | undefined;
  }
  interface FastifyContextConfig {
    /** Roles that may call the route; absent: nobody may. */
    access?: readonly Role[];
  }
}
