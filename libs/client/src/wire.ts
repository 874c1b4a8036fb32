/** What the doors answer, as a caller sees it: written down here once more on purpose, so that a test notices a change. */
export interface Verdict {
  readonly sent: number;
  readonly accepted: number;
  readonly duplicate: number;
  readonly quarantined: number;
  readonly rejected: number;
  readonly position: string | null;
  readonly replayed?: boolean;
  readonly problems: readonly {
    readonly index: number;
    readonly verdict: string;
    readonly reason: string;
    readonly detail: string;
  }[];
}
