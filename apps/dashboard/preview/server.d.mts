/** Starts the preview on loopback; `port` 0 takes a free one. `progressEvery_ms`: pace of the live events. */
export function startPreview(
  port?: number,
  progressEvery_ms?: number,
): Promise<{ readonly url: string; stop(): Promise<void> }>;
