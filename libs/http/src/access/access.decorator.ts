import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Role } from '#lib/domain';
import { IsProblem } from '../openapi/answers.js';
import type { Caller } from './caller.js';

/** The person roles that may read: everybody who is signed in as a person. */
export const READERS = ['employee', 'data-steward', 'kpi-owner', 'evaluator', 'auditor', 'admin'] as const;

/**
 * Declares who may call a route; `public` lets everybody. This is the only place where that is said: the declaration
 * becomes part of the Fastify route, where the access hook reads it, `listRoutes` lists it and OpenAPI shows it.
 */
export function Access(...roles: readonly [Role, ...Role[]]): MethodDecorator {
  const shown = [ApiExtension('x-access', roles)];
  const signedIn = roles.includes('public') ? [] : [ApiBearerAuth('token'), NOT_SIGNED_IN, refused(roles)];
  return applyDecorators(RouteConfig({ access: roles }), ...shown, ...signedIn);
}

const NOT_SIGNED_IN = IsProblem(401, 'No credential was sent, or one that is unknown, expired or revoked.');
const refused = (roles: readonly Role[]): MethodDecorator =>
  IsProblem(
    403,
    `Only for ${roles.join(', ')}; or a rule about persons forbids it (\`OTHER_UNIT\`, \`…OWN_PROPOSAL\`), or another site's page asked.`,
  );

/** The caller of the request, into a controller's parameter. */
export const FromCaller = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Caller => context.switchToHttp().getRequest<FastifyRequest>().caller,
);
