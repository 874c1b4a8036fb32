import { createHash } from 'node:crypto';
import { type ViewDatabase } from '#lib/read-models';
import { ALL_PERIODS, staleRows } from './kpi-progress/period-table.js';
import { type BlockRow } from './observations/block-table.js';
import { decodeBlock } from './observations/block.js';

/**
 * Tables that are not views, or whose rows show how the data arrived: of blocks the observations are digested, of KPI
 * figures those that are up to date and, in the place of stale ones, what they are computed to.
 */
const OTHERWISE = new Set(['checkpoint', 'observation_block', 'kpi_period', 'kpi_stale']);
const MODULUS = 1n << 256n;

/**
 * A number that is the same for the same views, whatever the order of their rows: the sum of the SHA-256 of every row,
 * modulo 2^256, as 64 hexadecimal digits. Two generations at the same position agree, or one of them is wrong.
 */
export function digestOfViews(database: ViewDatabase): string {
  const sum = new DigestSum();
  database.snapshot(() => {
    const tables = database.all<{ name: string }>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`,
    );
    for (const { name } of tables) if (!OTHERWISE.has(name)) addTable(sum, database, name);
    addObservations(sum, database);
    addFigures(sum, database);
  });
  return sum.hex();
}

class DigestSum {
  private total = 0n;

  add(...row: readonly unknown[]): void {
    const digest = createHash('sha256').update(JSON.stringify(row)).digest('hex');
    this.total = (this.total + BigInt(`0x${digest}`)) % MODULUS;
  }

  hex(): string {
    return this.total.toString(16).padStart(64, '0');
  }
}

function addTable(sum: DigestSum, database: ViewDatabase, table: string): void {
  for (const row of database.iterate<Record<string, unknown>>(`SELECT * FROM "${table}"`)) {
    sum.add(table, ...Object.values(row));
  }
}

function addFigures(sum: DigestSum, database: ViewDatabase): void {
  const fresh = `SELECT * FROM kpi_period AS figure WHERE NOT EXISTS (
    SELECT 1 FROM kpi_stale AS stale
    WHERE stale.kpi_id = figure.kpi_id AND stale.starts_day IN (figure.starts_day, ${ALL_PERIODS}))`;
  for (const row of database.iterate<Record<string, unknown>>(fresh)) sum.add('kpi_period', ...Object.values(row));
  for (const row of staleRows(database)) sum.add('kpi_period', ...row);
}

function addObservations(sum: DigestSum, database: ViewDatabase): void {
  const sql = 'SELECT series_id, from_ms, flags, payload FROM observation_block';
  for (const row of database.iterate<BlockRow & { readonly series_id: number }>(sql)) {
    const { at_ms, value, position, flag } = decodeBlock(row.payload, row.from_ms, row.flags);
    at_ms.forEach((time_ms, index) =>
      sum.add('observation', row.series_id, time_ms, value[index], position[index], flag?.[index] ?? null),
    );
  }
}
