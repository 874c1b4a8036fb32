import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client } from '#lib/client';
import { type RunningTallystick, startTallystick } from '#lib/client';
import { datasetText, describeWithDataset } from './support/dataset-files.js';
import { csvDeliveries, deliver, type Delivery } from './support/deliveries.js';
import { calendarOf, type PreparedSystem, prepareSystem, type RegisteredDataset } from './support/prepare.js';

const SOURCE = 'us-embassy-beijing';
const COLUMNS = { pm25: 'pm2.5', temperature: 'TEMP', pressure: 'PRES' } as const;
const ROWS_PER_UPLOAD = 3_000;
const SHUFFLE_SEED = 3;
const REBUILD_TIMEOUT_MS = 20_000;
const POLL_MS = 10;

const keyOf = (quantity: string): string => `beijing/${quantity}`;
const dataset: RegisteredDataset = {
  timeZone: 'Asia/Shanghai',
  fiscalYearStartMonth: 1,
  sourceId: SOURCE,
  series: Object.entries(COLUMNS).map(([quantity, valueColumn]) => ({
    seriesKey: keyOf(quantity),
    sourceId: SOURCE,
    name: { en: quantity },
    unitOfMeasure: '1',
    expectedInterval_ms: 3_600_000,
    csv: { time: { year: 'year', month: 'month', day: 'day', hour: 'hour' }, valueColumn },
  })),
  kpis: Object.keys(COLUMNS).map((quantity) => ({
    kpiId: `mean-${quantity}`,
    measure: { kind: 'statistic', statistic: 'mean', series: [keyOf(quantity)] },
    period: 'month',
    unitOfMeasure: '1',
    direction: 'down',
  })),
};

interface Digest {
  readonly digest: string;
  readonly position: string;
}

describeWithDataset('beijing-pm25', () => {
  // Shuffled, so that blocks and rollups are mended again and again; some rows come back changed, as corrections.
  const deliveries = csvDeliveries(
    datasetText('beijing-pm25', 'PRSA_data_2010.1.1-2014.12.31.csv'),
    ROWS_PER_UPLOAD,
    SHUFFLE_SEED,
  );
  const half = Math.ceil(deliveries.length / 2);
  const corrections: Delivery[] = [corrected(deliveries[0] as Delivery)];
  const dataFolder = mkdtempSync(join(tmpdir(), 'tallystick-views-'));
  let system: PreparedSystem;
  let running: RunningTallystick;
  let admin: Client;

  const restart = async (before: () => void): Promise<void> => {
    await running.stop();
    before();
    running = await startTallystick({ dataFolder, env: calendarOf(dataset) });
    admin = system.admin.at(running.url);
  };
  const digestAt = async (position: string): Promise<Digest> => {
    await admin.waitForViews(position);
    const { digest, position: seen } = await admin.get<Digest>('/v1/views/digest');
    return { digest, position: seen };
  };
  const load = async (part: readonly Delivery[]): Promise<string> =>
    (await deliver(system.source.at(running.url), part)).position ?? '0';
  const deleteViews = (): void => rmSync(join(dataFolder, 'views'), { recursive: true });

  beforeAll(async () => {
    system = await prepareSystem(dataset, dataFolder);
    running = system.tallystick;
    admin = system.admin;
  });
  afterAll(async () => {
    await running?.stop();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  it('gives the same digest after the views were deleted and built again', async () => {
    const position = await load([...deliveries.slice(0, half), ...corrections]);
    const before = await digestAt(position);
    await restart(deleteViews);
    expect(await digestAt(position)).toEqual(before);
    await restart(() => undefined);
    expect(await digestAt(position)).toEqual(before);
  });

  it('gives the same digest when a rebuild ran beside the live views while observations kept coming', async () => {
    const { generation: first } = await admin.get<{ generation: number }>('/v1/views');
    const rebuilt = (async () => {
      await admin.post('/v1/views/rebuild', {});
      const deadline = performance.now() + REBUILD_TIMEOUT_MS;
      while ((await admin.get<{ generation: number }>('/v1/views')).generation === first) {
        if (performance.now() > deadline) throw new Error('the rebuild does not end');
        await new Promise((done) => setTimeout(done, POLL_MS));
      }
    })();
    const position = await load(deliveries.slice(half));
    await rebuilt;
    const beside = await digestAt(position);
    await restart(deleteViews);
    expect(await digestAt(position)).toEqual(beside);
  });

  it('does not call any two views the same', async () => {
    const { digest: before } = await admin.get<Digest>('/v1/views/digest');
    const position = await load([corrected(deliveries[1] as Delivery)]);
    expect((await digestAt(position)).digest).not.toBe(before);
  });
});

/** The same rows with the air pressure one higher. */
function corrected({ contentType, body }: Delivery): Delivery {
  const [header = '', ...lines] = body.split('\n');
  const pressure = header.split(',').indexOf('PRES');
  const changed = lines.map((line) => {
    const cells = line.split(',');
    if (cells[pressure] !== undefined) cells[pressure] = String(Number(cells[pressure]) + 1);
    return cells.join(',');
  });
  return { contentType, body: [header, ...changed].join('\n') };
}
