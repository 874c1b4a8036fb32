import { batchBodies, type Columns, type Observation } from '../workload.js';
import { emmettStore, type EmmettConnection, loadEmmett } from './emmett.js';
import { isBatch, type PeerStoreName } from './peer-store.js';

/** Larger and more eager than Emmett's defaults (100 events, 50 ms pause), which measure the pause. */
const PULLING = { batchSize: 1_000, pullingFrequencyInMs: 1 };
const TABLE = 'CREATE TABLE o (series TEXT, at INTEGER, value REAL, PRIMARY KEY (series, at)) WITHOUT ROWID';
const UPSERT_TAIL = ' ON CONFLICT (series, at) DO UPDATE SET value = excluded.value';

interface Message {
  readonly data: Observation | Columns;
}

/** Emmett's own consumer and processor, writing one row an observation into the same file. */
export async function projectWithEmmett(
  name: PeerStoreName,
  file: string,
  batches: number,
  seed: number,
): Promise<{ count: number; took_ms: number }> {
  const filled = await emmettStore(name, file);
  for (const body of batchBodies(batches, seed)) await filled.append(JSON.parse(body) as Observation[]);
  const { getSQLiteEventStore, sqliteConnection } = await loadEmmett();
  const connection = sqliteConnection({ fileName: file });
  await connection.command(TABLE);
  const store = getSQLiteEventStore({ fileName: file, connectionOptions: { singleton: true, connection } });
  const events = isBatch(name) ? batches : batches * 1_000;
  let handled = 0;
  let count = 0;
  const consumer = store.consumer({ pulling: PULLING });
  consumer.processor({
    processorId: 'observations',
    startFrom: 'BEGINNING',
    eachMessage: async ({ data }: Message, context: { connection: EmmettConnection }) => {
      count += await upsert(context.connection, rowsOf(data));
      handled += 1;
    },
    stopAfter: () => handled >= events,
  });
  const startedAt = performance.now();
  await consumer.start();
  const took_ms = performance.now() - startedAt;
  connection.close();
  await filled.close();
  return { count, took_ms };
}

function rowsOf(data: Observation | Columns): (string | number)[] {
  if (!('step_ms' in data)) return [data.series, Date.parse(data.observedAt), data.value];
  let at_ms = data.from_ms;
  return data.value.flatMap((value, index) => {
    at_ms += data.step_ms[index] ?? 0;
    return [data.series[data.seriesIndex[index] ?? 0] ?? '', at_ms, value];
  });
}

async function upsert(connection: EmmettConnection, values: (string | number)[]): Promise<number> {
  const rows = values.length / 3;
  const places = Array.from({ length: rows }, () => '(?,?,?)').join(',');
  await connection.command(`INSERT INTO o (series, at, value) VALUES ${places}${UPSERT_TAIL}`, values);
  return rows;
}
