/** Cells of the bar. */
const BAR_WIDTH = 20;
/** More than expected may come: the work is complete when it is said to be, not when the estimate is reached. */
const SHARE_BEFORE_END_MAX = 0.99;
/** Width of a terminal that does not say how wide it is. */
const COLUMNS_OTHERWISE = 80;
/** How often the line is drawn again: on a terminal, and in a log file. */
const TERMINAL_EVERY_MS = 100;
const LOG_EVERY_MS = 5_000;

/** Where the bar is drawn: stderr, so that stdout stays for what a script may want to read. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressBar {
  /** Tells how far the work is; draws only now and then. */
  update(done: number): void;
  /** Draws the last state and ends the line; work that is complete is at 100 %, whatever had been expected. */
  finish(done: number, isComplete: boolean): void;
}

/** The line for a state of the work: bar, share, count, rate and the time left. The total is only expected. */
export function progressLine(label: string, done: number, total: number, elapsed_ms: number): string {
  const share = Math.min(SHARE_BEFORE_END_MAX, total > 0 ? done / total : 0);
  const filled = Math.round(share * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  const perSecond = elapsed_ms > 0 ? (done / elapsed_ms) * 1_000 : 0;
  const left = perSecond > 0 ? `${duration(((total - Math.min(done, total)) / perSecond) * 1_000)} left` : '';
  const counted = `${grouped(done)} of about ${grouped(total)}`;
  return `${label} ${bar} ${Math.floor(share * 100)} %  ${counted}  ${grouped(perSecond)}/s  ${left}`.trimEnd();
}

/** The line for work that is complete. */
export function completeLine(label: string, done: number, elapsed_ms: number): string {
  const perSecond = elapsed_ms > 0 ? (done / elapsed_ms) * 1_000 : 0;
  return `${label} ${'█'.repeat(BAR_WIDTH)} 100 %  ${grouped(done)}  ${grouped(perSecond)}/s`;
}

export const grouped = (value: number): string => Math.round(value).toLocaleString('en-US');

/** `850 ms`, `12 s`, `3 min 5 s`. */
export function duration(delay_ms: number): string {
  if (delay_ms < 1_000) return `${Math.round(delay_ms)} ms`;
  const seconds = Math.round(delay_ms / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A progress bar that overwrites its line on a terminal and writes a line every few seconds elsewhere. */
export function progressBar(
  label: string,
  total: number,
  terminal: Terminal = process.stderr,
  now: () => number = () => performance.now(),
): ProgressBar {
  const startedAt = now();
  const every_ms = terminal.isTTY ? TERMINAL_EVERY_MS : LOG_EVERY_MS;
  let drawnAt = startedAt;
  const draw = (done: number, end: string, isComplete = false): void => {
    drawnAt = now();
    const elapsed_ms = drawnAt - startedAt;
    const line = isComplete ? completeLine(label, done, elapsed_ms) : progressLine(label, done, total, elapsed_ms);
    // A line that wraps cannot be overwritten, so it is cut to the terminal.
    const shown = line.slice(0, (terminal.columns ?? COLUMNS_OTHERWISE) - 1);
    terminal.write(terminal.isTTY ? `\r\u001b[2K${shown}${end}` : `${line}\n`);
  };
  return {
    update: (done) => {
      if (now() - drawnAt >= every_ms) draw(done, '');
    },
    finish: (done, isComplete) => draw(done, '\n', isComplete),
  };
}
