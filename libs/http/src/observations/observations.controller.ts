import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ObservationDoor, type DoorAnswer } from '#lib/intake';
import { Access } from '../access/access.decorator.js';
import { IsDoor } from '../openapi/door-docs.js';
import { doorRequestOf } from './door-request-of.js';

const NOTHING = Buffer.alloc(0);

/**
 * The long way to the door (`short-way.ts` is the other): no request class, no interceptor, no bus. The hook has checked the key, the parser has left the bytes
 * alone (see `observations/bodies.ts`), and the door does the rest.
 */
@ApiTags('observations')
@Controller('v1/observations')
export class ObservationsController {
  constructor(private readonly door: ObservationDoor) {}

  @Post()
  @Access('source')
  @HttpCode(200)
  @IsDoor()
  receive(@Req() request: FastifyRequest): Promise<DoorAnswer> {
    const { headers, body, source } = request;
    // The hook lets only sources in here; a caller without one would be our mistake.
    if (source === undefined) throw new Error('a source is needed at this door');
    return this.door.receive(doorRequestOf(source, headers, Buffer.isBuffer(body) ? body : NOTHING));
  }
}
