import { eventsUpTo } from '../digest-log.js';
import { LogDigest, type LogDigestValue } from '../event-digest.js';
import { eventsBetween, headOf, type LogSide } from '../log-side.js';
import { silent, type OnProgress } from '../progress.js';
import { eventLine, footerLine, headerLine } from './format.js';

/** Lines are handed on together until they have this length: a chunk for every line would cost more than making it. */
const CHUNK_SIZE_bytes = 256 * 1024;

export interface ExportTask {
  readonly source: LogSide;
  /** Takes the archive's text at its own pace; resolves when all of it is where it belongs. */
  readonly consume: (chunks: AsyncIterable<string>) => Promise<void>;
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * Writes the log, as it is when the export begins, as an archive (`format.ts`).
 * @returns the digest of what was read
 * @throws Stopped, and what `consume` throws; the archive then has no footer and no import takes it for a whole one
 */
export async function exportLog(task: ExportTask): Promise<LogDigestValue> {
  const digest = new LogDigest();
  await task.consume(chunksOf(task, digest));
  return digest.value();
}

async function* chunksOf(task: ExportTask, digest: LogDigest): AsyncGenerator<string> {
  const { source, onProgress = silent, signal } = task;
  const head = await headOf(source);
  const eventsTotal = eventsUpTo(source, head);
  let chunk = headerLine({ hasDensePositions: source.hasDensePositions, head });
  for await (const event of eventsBetween(source, undefined, head, signal)) {
    digest.add(event);
    chunk += eventLine(event, digest.chain);
    if (chunk.length < CHUNK_SIZE_bytes) continue;
    yield chunk;
    chunk = '';
    onProgress({ phase: 'placing', ...digest.counts(), eventsTotal });
  }
  yield chunk + footerLine(digest.value());
}
