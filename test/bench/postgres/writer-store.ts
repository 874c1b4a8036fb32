import type { Observation } from '../workload.js';

/** Who is measured with many writers of one event each, all on the same kind of server. */
export const WRITER_STORES = ['tallystick', 'emmett-postgres', 'postgres-insert'] as const;
export type WriterStoreName = (typeof WRITER_STORES)[number];

/** `append` resolves after the durable commit of one event. */
export interface WriterStore {
  append(stream: string, observation: Observation): Promise<unknown>;
  close(): Promise<void>;
}

/** Every store gets the same: one of so many streams after the other, and the same event in it. */
export const STREAMS = 1_000;
export const EVENT_TYPE = 'ObservationRecorded';
