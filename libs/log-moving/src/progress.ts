/** What a work has done so far; for a line on the screen. */
export interface Progress {
  /**
   * - `checking`: what the target has already is compared
   * - `placing`: events are read and written
   * - `reading-back`: what was written is read and digested
   */
  readonly phase: 'checking' | 'placing' | 'reading-back';
  /** In this phase. */
  readonly events: number;
  readonly observations: number;
  readonly size_bytes: number;
  /** Events of this phase in all; null when the log cannot tell before it is read. */
  readonly eventsTotal: number | null;
}

export type OnProgress = (progress: Progress) => void;

export const silent: OnProgress = () => undefined;
