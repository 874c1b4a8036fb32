import type { Observation } from '../workload.js';

/** The peers, each once with an event for every reading and once with the batch event that Tallystick uses. */
export const PEER_STORES = ['emmett-readings', 'emmett-batch', 'sqlite-readings', 'sqlite-batch'] as const;
export type PeerStoreName = (typeof PEER_STORES)[number];

export const isBatch = (name: PeerStoreName): boolean => name.endsWith('-batch');

/** An event store of the benchmark. `append` resolves after the durable commit. */
export interface PeerStore {
  append(batch: readonly Observation[]): void | Promise<void>;
  close(): void | Promise<void>;
}

/** What every peer stores beside the data, so that the sizes compare. */
export const METADATA = { actor: { kind: 'source', id: 'bench-gateway', role: 'source' }, correlationId: 'bench' };

/** Emmett and the bare engine keep an event a reading in one stream per gateway, as a tutorial would. */
export const streamOf = ({ series }: Observation): string => series.slice(0, series.lastIndexOf('/'));
