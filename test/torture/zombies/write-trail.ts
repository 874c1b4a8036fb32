import { type Generations } from '#lib/read-models';
import type { Report } from '../report.js';

/**
 * A trigger in the live generation notes every move of its checkpoint, which is made in the same transaction as everything
 * else: so each stretch of the log is seen to be written once, and by whom. The table is dropped before digests are taken.
 */
const TRAIL = `
CREATE TABLE torture_trail (number INTEGER PRIMARY KEY, epoch INTEGER, moved_from INTEGER, moved_to INTEGER);
CREATE TRIGGER torture_noting AFTER UPDATE OF position ON checkpoint BEGIN
  INSERT INTO torture_trail (epoch, moved_from, moved_to) VALUES (new.epoch, old.position, new.position);
END;`;
const END_OF_TRAIL = 'DROP TRIGGER torture_noting; DROP TABLE torture_trail;';

interface Move {
  readonly epoch: number;
  readonly moved_from: number;
  readonly moved_to: number;
}

export function beginTrail(generations: Generations): void {
  withLive(generations, (database) => database.exec(TRAIL));
}

/** Reads the trail and removes it. A generation that was rebuilt meanwhile has none. */
export function endTrail(generations: Generations, report: Report): void {
  withLive(generations, (database) => {
    const isThere = database.get(`SELECT 1 FROM sqlite_schema WHERE name = 'torture_trail'`) !== undefined;
    if (!isThere) return report.tried('rounds in which a rebuild was swapped in');
    let before: Move | undefined;
    for (const move of database.all<Move>('SELECT epoch, moved_from, moved_to FROM torture_trail ORDER BY number')) {
      if (before !== undefined) checkMove(before, move, report);
      before = move;
      report.tried('transactions of the views');
    }
    database.exec(END_OF_TRAIL);
  });
}

function checkMove(before: Move, move: Move, report: Report): void {
  if (move.moved_from < before.moved_to)
    report.doubled(`the views were written from ${move.moved_from} again, after ${JSON.stringify(before)}`);
  report.check(
    move.moved_from <= before.moved_to,
    () => `the views skipped from ${before.moved_to} to ${move.moved_from}`,
  );
  report.check(
    move.epoch >= before.epoch,
    () => `owner ${move.epoch} wrote after owner ${before.epoch} had taken over`,
  );
}

function withLive<Result>(
  generations: Generations,
  work: (database: ReturnType<Generations['open']>) => Result,
): Result {
  const live = generations.live();
  if (live === null) throw new Error('the pointer of the views names no file');
  const database = generations.open(live);
  try {
    return work(database);
  } finally {
    database.close();
  }
}
