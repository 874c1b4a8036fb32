import {
  copyLog,
  digestLog,
  exportLog,
  importLog,
  PAGE_LIMITS,
  verifyLog,
  type OnProgress,
  type PageLimits,
} from '#lib/log-moving';
import { archiveBytes, archiveWriter, PIPE } from './archive-file.js';
import type { Command } from './command-line.js';
import { openForPlacing, openForReading, type LogOpenedForPlacing, type OpenedLog } from './open-log.js';
import { copyResult, digestResult, exportResult, importResult, verifyResult, type Result } from './results.js';

/** What every command needs from outside. */
export interface Surroundings {
  readonly onProgress: OnProgress;
  /** Says a sentence on stderr. */
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Runs a command. @throws Stopped, and what stands in the way */
export function runCommand(command: Command, surroundings: Surroundings): Promise<Result> {
  switch (command.name) {
    case 'copy':
      return copy(command, surroundings);
    case 'export':
      return exportTo(command, surroundings);
    case 'import':
      return importFrom(command, surroundings);
    case 'verify':
      return verify(command, surroundings);
    case 'digest':
      return digest(command, surroundings);
  }
}

type Of<Name extends Command['name']> = Extract<Command, { name: Name }>;

async function copy({ from, to, batch_events }: Of<'copy'>, around: Surroundings): Promise<Result> {
  return await using(openForReading(from), (source) =>
    using<LogOpenedForPlacing>(openForPlacing(to), async (target) => {
      const onResume = (eventsThere: number): void => {
        if (eventsThere > 0) around.say(`Going on behind ${eventsThere} events that ${target.side.name} has already.`);
      };
      const sides = { source: source.side, target: target.side, placing: target.placing };
      const result = await copyLog({ ...sides, ...around, onResume, limits: limitsOf(batch_events) });
      return copyResult({ source: source.side.name, target: target.side.name }, result);
    }),
  );
}

async function exportTo({ from, to, isGzipped }: Of<'export'>, around: Surroundings): Promise<Result> {
  return await using(openForReading(from), async ({ side }) => {
    const begun_ms = performance.now();
    const digest = await exportLog({ source: side, consume: archiveWriter(to, isGzipped, around.signal), ...around });
    return exportResult(side.name, to === PIPE ? 'standard output' : to, digest, performance.now() - begun_ms);
  });
}

async function importFrom({ from, to, batch_events }: Of<'import'>, around: Surroundings): Promise<Result> {
  const bytes = archiveBytes(from, around.signal);
  return await using<LogOpenedForPlacing>(openForPlacing(to), async ({ side, placing }) => {
    const result = await importLog({ bytes, target: side, placing, limits: limitsOf(batch_events), ...around });
    return importResult({ source: from === PIPE ? 'standard input' : from, target: side.name }, result);
  });
}

const verify = ({ log, isDeep }: Of<'verify'>, { onProgress, signal }: Surroundings): Promise<Result> =>
  using(openForReading(log), async ({ side }) =>
    verifyResult(side.name, await verifyLog(side, { isDeep, onProgress, signal })),
  );

const digest = ({ log }: Of<'digest'>, { onProgress, signal }: Surroundings): Promise<Result> =>
  using(openForReading(log), async ({ side }) =>
    digestResult(side.name, await digestLog(side, { onProgress, signal })),
  );

/** Closes the log whatever happens. */
async function using<Log extends OpenedLog>(
  opening: Promise<Log>,
  work: (log: Log) => Promise<Result>,
): Promise<Result> {
  const log = await opening;
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

const limitsOf = (batch_events: number | null): PageLimits =>
  batch_events === null ? PAGE_LIMITS : { ...PAGE_LIMITS, events_max: batch_events };
