import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadResult } from '../load/run-load.js';
import type { MetricName, Results } from '../report.js';
import { BATCH_SIZE } from '../workload.js';
import type { BenchSystem } from './bench-system.js';

export const OBSERVATIONS_PATH = '/v1/observations';
export const CATCH_UP_TIMEOUT_MS = 300_000;

export const portOf = (url: string): number => Number(new URL(url).port);

/** The log's newest position: that of a command that does nothing but be recorded. Each marker can be used once. */
export async function headOf({ admin }: BenchSystem, marker = 'bench-marker'): Promise<string> {
  const { position } = await admin.post('/v1/units', { unitId: marker, name: { en: 'Marker' } });
  return position;
}

export async function waitUntilProjected({ admin }: BenchSystem, position: string): Promise<void> {
  await admin.waitForViews(position, CATCH_UP_TIMEOUT_MS);
}

/** @throws unless every observation of every batch was accepted: rejections are quick and no throughput */
export function requireAllAccepted({ requests, accepted }: LoadResult): void {
  if (accepted === requests * BATCH_SIZE) return;
  throw new Error(`${requests} batches were sent and ${accepted} observations accepted`);
}

/** Records the bytes an observation in the log (all but the views) and in the views of a stopped system. */
export function recordSizes(
  results: Results,
  folder: string,
  observations: number,
  metrics: { readonly log: MetricName; readonly views: MetricName },
): void {
  const isOfViews = (file: string): boolean => file.startsWith('views');
  results.record(metrics.log, 'tallystick', sizeOf(folder, (file) => !isOfViews(file)) / observations);
  results.record(metrics.views, 'tallystick', sizeOf(folder, isOfViews) / observations);
}

/** Files of a folder and the folders in it, as paths from it. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    statSync(join(folder, file)).isFile(),
  );
}

/** Bytes of the files of a data folder whose path (from the folder) passes. */
function sizeOf(folder: string, passes: (file: string) => boolean): number {
  return filesOf(folder)
    .filter(passes)
    .reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}

const KIB_PER_MIB = 1_024;

/** Resident memory of a process (all its threads together): now, and the most it ever was. Linux only. */
export function memoryOf(pid: number): { readonly now_MiB: number; readonly most_MiB: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'latin1');
  const line = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) / KIB_PER_MIB;
  return { now_MiB: line('VmRSS'), most_MiB: line('VmHWM') };
}
