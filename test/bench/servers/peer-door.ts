import { Ajv } from 'ajv';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { answerQuestions } from '../child.js';
import { betterSqliteStore } from '../stores/better-sqlite.js';
import { emmettStore } from '../stores/emmett.js';
import type { PeerStore, PeerStoreName } from '../stores/peer-store.js';
import type { Observation } from '../workload.js';

const BODY_LIMIT_BYTES = 8 * 1024 * 1024;
const OBSERVATION = {
  type: 'object',
  required: ['series', 'observedAt', 'value'],
  properties: {
    series: { type: 'string', minLength: 1, maxLength: 128 },
    observedAt: { type: 'string', maxLength: 40 },
    value: { type: 'number' },
  },
} as const;
const BODY = { anyOf: [OBSERVATION, { type: 'array', items: OBSERVATION, maxItems: 10_000 }] } as const;

export interface DoorQuestion {
  readonly store: PeerStoreName;
  readonly file: string;
}

/**
 * The door that a team would put before an event store with the same tools: Fastify, a compiled schema, and an answer
 * after the durable commit.
 */
async function openDoor(store: PeerStore): Promise<FastifyInstance> {
  const validate = new Ajv().compile(BODY);
  const app = fastify({ logger: false, bodyLimit: BODY_LIMIT_BYTES });
  app.post('/v1/observations', async (request, reply) => {
    if (!validate(request.body)) return reply.code(400).send({ accepted: 0 });
    const body = request.body as Observation | Observation[];
    const batch = Array.isArray(body) ? body : [body];
    await store.append(batch);
    return { accepted: batch.length };
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app;
}

answerQuestions<DoorQuestion>(async ({ store: name, file }) => {
  const store = name.startsWith('emmett') ? await emmettStore(name, file) : betterSqliteStore(name, file);
  const app = await openDoor(store);
  return { port: (app.server.address() as AddressInfo).port };
});
