import type { OnProgress, Progress } from '#lib/log-moving';

/** Where the line is drawn: stderr, so that stdout stays for the result. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressLine {
  readonly onProgress: OnProgress;
  /** Clears the line on a terminal. */
  end(): void;
}

const TERMINAL_EVERY_ms = 200;
const LOG_EVERY_ms = 5000;
/** Width of a terminal that does not say how wide it is. */
const COLUMNS_OTHERWISE = 100;

const PHASES: Readonly<Record<Progress['phase'], string>> = {
  checking: 'checking',
  placing: 'writing',
  'reading-back': 'reading back',
};

/** What a work has done in a phase, how fast, and how long it will take: `writing  5,000 of 9,000 events …`. */
export function progressText(progress: Progress, elapsed_ms: number): string {
  const { phase, events, observations, size_bytes, eventsTotal } = progress;
  const total = eventsTotal === null ? '' : ` of ${grouped(eventsTotal)}`;
  const parts = [`${PHASES[phase]} ${grouped(events)}${total} events`];
  if (observations > 0) parts.push(`${grouped(observations)} observations`);
  if (elapsed_ms > 0 && events > 0) {
    parts.push(`${size(size_bytes / (elapsed_ms / 1000))}/s`);
    if (eventsTotal !== null && eventsTotal > events)
      parts.push(`${duration((elapsed_ms / events) * (eventsTotal - events))} left`);
  }
  return parts.join(' · ');
}

/** A line that is drawn over on a terminal, and written anew every few seconds elsewhere. */
export function progressLine(terminal: Terminal, now: () => number = () => performance.now()): ProgressLine {
  const every_ms = terminal.isTTY ? TERMINAL_EVERY_ms : LOG_EVERY_ms;
  let phase: Progress['phase'] | null = null;
  let begun_ms = now();
  let drawn_ms = begun_ms;
  let isDrawn = false;
  const onProgress: OnProgress = (progress) => {
    const now_ms = now();
    if (progress.phase !== phase) {
      phase = progress.phase;
      begun_ms = now_ms;
    }
    if (now_ms - drawn_ms < every_ms) return;
    drawn_ms = now_ms;
    isDrawn = true;
    const text = progressText(progress, now_ms - begun_ms);
    // A line that wraps cannot be drawn over, so it is cut to the terminal.
    if (terminal.isTTY) terminal.write(`\r\u001b[2K${text.slice(0, (terminal.columns ?? COLUMNS_OTHERWISE) - 1)}`);
    else terminal.write(`${text}\n`);
  };
  return { onProgress, end: () => void (isDrawn && terminal.isTTY && terminal.write('\r\u001b[2K')) };
}

export const grouped = (value: number): string => Math.round(value).toLocaleString('en-US');

/** `950 B`, `1.5 kB`, `170 MB`. */
export function size(size_bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = size_bytes;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit += 1) value /= 1000;
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `850 ms`, `12 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(delay_ms: number): string {
  if (delay_ms < 1000) return `${Math.round(delay_ms)} ms`;
  const seconds = Math.round(delay_ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
