import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, startChild } from '../child.js';
import { isBatch, type PeerStoreName } from '../stores/peer-store.js';
import { type Case, loadFrom, MANY_CONNECTIONS, perSecond, type Round } from './plan.js';
import { OBSERVATIONS_PATH } from './system-probes.js';

/** A peer that stores an event a reading projects hundreds of times slower: it gets so much less to do. */
const READINGS_SHARE = 50;

async function withDoor(store: PeerStoreName, round: Round, use: (port: number) => Promise<void>): Promise<void> {
  const door: Child = startChild('servers/peer-door.js');
  try {
    const { port } = await door.ask<{ port: number }>({ store, file: join(round.folder, 'log.db') });
    await use(port);
  } finally {
    await door.stop();
  }
}

/** Batches through a door of the same making before a peer's store, acknowledged after the commit. */
export const peerBatches = (store: PeerStoreName): Case => ({
  name: `${store}, batches`,
  run: (round) =>
    withDoor(store, round, async (port) => {
      const result = await loadFrom(port, round, { kind: 'batches', path: OBSERVATIONS_PATH });
      round.results.record('accepted-batches', store, perSecond(result.accepted, result.elapsed_ms));
      round.results.record('accepted-batches-p99', store, result.p99_ms);
      round.results.record('log-size', store, sizeOf(round.folder) / result.accepted);
    }),
});

/** The same on twice as many connections. */
export const peerManyBatches = (store: PeerStoreName): Case => ({
  name: `${store}, batches, ${MANY_CONNECTIONS} connections`,
  run: (round) =>
    withDoor(store, round, async (port) => {
      const load = { kind: 'batches', path: OBSERVATIONS_PATH, connections: MANY_CONNECTIONS } as const;
      const result = await loadFrom(port, round, load);
      round.results.record('accepted-batches-16', store, perSecond(result.accepted, result.elapsed_ms));
      round.results.record('accepted-batches-16-p99', store, result.p99_ms);
    }),
});

/** Single observations through the same door; a batch of one is what the batch event comes to, so it is left out. */
export const peerSingles = (store: PeerStoreName): Case => ({
  name: `${store}, singles`,
  run: (round) =>
    withDoor(store, round, async (port) => {
      const result = await loadFrom(port, round, { kind: 'singles', path: OBSERVATIONS_PATH });
      round.results.record('accepted-singles', store, perSecond(result.accepted, result.elapsed_ms));
      round.results.record('accepted-singles-p50', store, result.p50_ms);
      round.results.record('accepted-singles-p99', store, result.p99_ms);
    }),
});

/** From a peer's log into one row an observation; a rebuild is the same work for a peer. */
export const peerProjection = (store: PeerStoreName): Case => ({
  name: `${store}, projection`,
  async run({ plan, seed, folder, results }) {
    const process = startChild('stores/project-process.js');
    try {
      const batches = isBatch(store) ? plan.projectedBatches : Math.ceil(plan.projectedBatches / READINGS_SHARE);
      const question = { store, file: join(folder, 'log.db'), batches, seed };
      const { count, took_ms } = await process.ask<{ count: number; took_ms: number }>(question);
      results.record('projected', store, perSecond(count, took_ms));
      results.record('rebuilt', store, perSecond(count, took_ms));
    } finally {
      await process.stop();
    }
  },
});

/** The load generator against a server that does nothing: no door can be measured faster than this. */
export const loadCeiling: Case = {
  name: 'load generator, ceiling',
  async run(round) {
    for (const kind of ['batches', 'singles'] as const) {
      const server = startChild('servers/trivial-server.js');
      try {
        const { port } = await server.ask<{ port: number }>({});
        const { requests, elapsed_ms } = await loadFrom(port, round, { kind, path: OBSERVATIONS_PATH });
        const observations = kind === 'batches' ? requests * 1_000 : requests;
        round.results.record(`load-ceiling-${kind}`, 'tallystick', perSecond(observations, elapsed_ms));
      } finally {
        await server.stop();
      }
    }
  },
};

const sizeOf = (folder: string): number =>
  readdirSync(folder)
    .map((file) => statSync(join(folder, file)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
