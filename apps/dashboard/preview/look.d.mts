/** Path of an installed Chromium, or null. */
export function findBrowser(): string | null;

export interface LookOptions {
  readonly baseUrl: string;
  readonly outFolder: string;
  /** A person token: signs in first. */
  readonly token?: string;
  /** The KPI whose page is shown; without it the first one of the overview. */
  readonly kpiId?: string;
  readonly browserPath?: string | null;
}

/** Looks at every page at 1280 and 390 px in both languages. An empty `problems` means: nothing found. */
export function look(options: LookOptions): Promise<{ screenshots: string[]; problems: string[] }>;
