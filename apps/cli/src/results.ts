/** What a command has come to, as sentences and as one JSON value. */
import type { CopyResult, ImportResult, LogDigestValue, Moved, VerifyResult } from '#lib/log-moving';
import { duration, grouped, size } from './progress-line.js';

export interface Result {
  /** For people, on several lines. */
  readonly text: string;
  /** For scripts. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly isGood: boolean;
}

const counted = ({ events, observations }: Pick<LogDigestValue, 'events' | 'observations'>): string =>
  `${grouped(events)} events with ${grouped(observations)} observations`;

/** A mistyped name gives an empty log on a server, so emptiness is said in a word and not in zeros. */
const digestLines = (name: string, digest: LogDigestValue): string =>
  [
    `${name}: ${digest.events === 0 ? 'EMPTY' : `${counted(digest)}, ${size(digest.size_bytes)} of data`}`,
    `  chain ${digest.chain}`,
    `  sum   ${digest.sum}`,
  ].join('\n');

function movedLine(moved: Moved, eventsBefore: number): string {
  const seconds = moved.duration_ms / 1000;
  const rates = `${grouped(moved.observations / seconds)} observations/s, ${size(moved.size_bytes / seconds)}/s`;
  const pace = moved.events === 0 ? '' : ` in ${duration(moved.duration_ms)} (${rates})`;
  return `Placed ${counted(moved)}${pace}; ${grouped(eventsBefore)} events were there before.`;
}

export function copyResult(names: { source: string; target: string }, result: CopyResult): Result {
  const { source, target, difference, moved, eventsBefore } = result;
  const isGood = difference === null && source.chain === target.chain && source.events === target.events;
  const verdict = isGood ? 'Equal.' : `DIFFERENT: ${difference?.message ?? 'the digests differ'}`;
  const lines = [
    movedLine(moved, eventsBefore),
    digestLines(names.source, source),
    digestLines(names.target, target),
    verdict,
  ];
  const json = {
    command: 'copy',
    isEqual: isGood,
    eventsBefore,
    moved,
    source,
    target,
    difference: difference?.message ?? null,
  };
  return { text: lines.join('\n'), json, isGood };
}

export function importResult(names: { source: string; target: string }, result: ImportResult): Result {
  const { source, target, moved, eventsBefore } = result;
  const isGood = source.chain === target.chain && source.sum === target.sum;
  const verdict = isGood ? 'Equal.' : 'DIFFERENT: what was read back is not what the archive holds.';
  const lines = [
    movedLine(moved, eventsBefore),
    digestLines(names.source, source),
    digestLines(names.target, target),
    verdict,
  ];
  return {
    text: lines.join('\n'),
    json: { command: 'import', isEqual: isGood, eventsBefore, moved, source, target },
    isGood,
  };
}

export function exportResult(name: string, to: string, digest: LogDigestValue, duration_ms: number): Result {
  const text = `Wrote ${counted(digest)} to ${to} in ${duration(duration_ms)}.\n${digestLines(name, digest)}`;
  return { text, json: { command: 'export', to, duration_ms, source: digest }, isGood: true };
}

export const digestResult = (name: string, digest: LogDigestValue): Result => ({
  text: digestLines(name, digest),
  json: { command: 'digest', log: digest },
  isGood: true,
});

export function verifyResult(name: string, result: VerifyResult): Result {
  const { digest, problems, problemCount, streams, areIdsComplete, unknownTypes } = result;
  const isGood = problemCount === 0;
  const lines = problems.map(
    ({ code, message, position }) => `${code}${position === null ? '' : ` at ${position}`}: ${message}`,
  );
  if (problemCount > problems.length) lines.push(`… and ${grouped(problemCount - problems.length)} problems more`);
  for (const [type, count] of unknownTypes)
    lines.push(`Note: ${grouped(count)} events of type ${type}, which this program does not know.`);
  if (!areIdsComplete)
    lines.push(
      'Note: the log is too long for all suspected ids to be counted; the engine’s own index stands for the rest.',
    );
  lines.push(
    digestLines(name, digest),
    isGood ? `Sound: ${grouped(streams)} streams.` : `NOT SOUND: ${grouped(problemCount)} problems.`,
  );
  const listed = problems.map(({ code, message, position }) => ({
    code,
    message,
    position: position?.toString() ?? null,
  }));
  const json = {
    command: 'verify',
    isSound: isGood,
    problemCount,
    problems: listed,
    streams,
    areIdsComplete,
    unknownTypes: Object.fromEntries(unknownTypes),
    log: digest,
  };
  return { text: lines.join('\n'), json, isGood };
}
