/** Why a log cannot be moved as asked; nothing that was in the target is changed by any of them. */
export class LogMovingError extends Error {
  override readonly name: string = 'LogMovingError';
  constructor(
    readonly code:
      | 'TARGET_DIFFERS'
      | 'TARGET_AHEAD'
      | 'BAD_JSON'
      | 'BAD_TEXT'
      | 'BAD_HEADER'
      | 'UNKNOWN_FORMAT'
      | 'UNKNOWN_VERSION'
      | 'BAD_EVENT'
      | 'BAD_FOOTER'
      | 'WRONG_ORDER'
      | 'DIGEST_MISMATCH'
      | 'COUNT_MISMATCH'
      | 'TRUNCATED'
      | 'AFTER_FOOTER'
      | 'LINE_TOO_LONG',
    message: string,
    /** Of the archive, counted from 1; absent where no file is meant. */
    readonly line?: number,
  ) {
    super(line === undefined ? message : `line ${line}: ${message}`);
  }
}

/** The work was asked to stop and has stopped where it can be taken up again. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  constructor() {
    super('stopped as asked');
  }
}

/** @throws Stopped when the signal says so */
export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Stopped();
}
