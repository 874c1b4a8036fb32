#!/usr/bin/env node
import { Stopped } from '#lib/log-moving';
import { parseCommandLine, UsageError, type Command } from './command-line.js';
import { failureInWords } from './failure-in-words.js';
import { progressLine } from './progress-line.js';
import { runCommand } from './run-command.js';

const EXIT_GOOD = 0;
const EXIT_BAD = 1;
const EXIT_USAGE = 2;
/** What a shell answers for a program that a signal ended: 128 and the signal's number. */
const EXIT_OF_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

type StopSignal = keyof typeof EXIT_OF_SIGNAL;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** The first signal asks for a stop at the end of a page; a second one does not wait. */
function stopOnSignals(): { readonly signal: AbortSignal; readonly exitCode: () => number } {
  const stop = new AbortController();
  let heard: StopSignal = 'SIGINT';
  const hear = (name: StopSignal): void => {
    if (stop.signal.aborted) process.exit(EXIT_OF_SIGNAL[name]);
    heard = name;
    stop.abort();
  };
  process.on('SIGINT', hear);
  process.on('SIGTERM', hear);
  return { signal: stop.signal, exitCode: () => EXIT_OF_SIGNAL[heard] };
}

const ADVICE_AFTER_STOP: Readonly<Record<Command['name'], string>> = {
  copy: 'Stopped. What was written stands; the same command goes on from there.',
  import: 'Stopped. What was placed stands; the same command goes on from there.',
  export: 'Stopped. Nothing was kept; the same command begins again.',
  verify: 'Stopped. Nothing was found out; the same command begins again.',
  digest: 'Stopped. Nothing was found out; the same command begins again.',
};

async function run(command: Command): Promise<number> {
  const { signal, exitCode } = stopOnSignals();
  const progress = progressLine(process.stderr);
  const onProgress = command.quiet ? () => undefined : progress.onProgress;
  try {
    const { text, json, isGood } = await runCommand(command, { onProgress, signal, say });
    progress.end();
    // An archive on standard output must not be followed by anything.
    const isOutputTaken = command.name === 'export' && command.to === '-';
    const output = isOutputTaken ? process.stderr : process.stdout;
    output.write(`${command.json ? JSON.stringify(json) : text}\n`);
    return isGood ? EXIT_GOOD : EXIT_BAD;
  } catch (error) {
    progress.end();
    if (error instanceof Stopped || (signal.aborted && (error as Error).name === 'AbortError')) {
      say(ADVICE_AFTER_STOP[command.name]);
      return exitCode();
    }
    const words = failureInWords(error);
    if (words === null) console.error(error);
    else say(words);
    return EXIT_BAD;
  }
}

try {
  const command = parseCommandLine(process.argv.slice(2));
  if (command.name === 'help') process.stdout.write(command.text);
  else process.exitCode = await run(command);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  say(error.message);
  process.exitCode = EXIT_USAGE;
}
