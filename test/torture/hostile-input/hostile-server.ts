import { join } from 'node:path';
import type { StoredEvent } from '#lib/event-store';
import { SqliteEventStore } from '#lib/event-store-sqlite';
import { Client } from '#lib/client';
import { type RunningTallystick, startTallystick } from '#lib/client';
import { RawDoor } from './raw-door.js';
import { OTHER_SOURCE_ID, RETIRED_SERIES, SERIES, SOURCE_ID } from './world.js';

/** The whole system with the registrations of this case, its door on a raw socket, and its log to look into. */
export interface HostileServer {
  readonly tallystick: RunningTallystick;
  readonly admin: Client;
  readonly door: RawDoor;
  readonly key: string;
  head(): Promise<bigint>;
  eventsAfter(position: bigint): Promise<StoredEvent[]>;
  stop(): Promise<number | null>;
}

export async function startHostileServer(folder: string): Promise<HostileServer> {
  const dataFolder = join(folder, 'data');
  // Refusals are expected here by the ten thousand; a line of log for each would be measured with them.
  const tallystick = await startTallystick({ dataFolder, env: { TALLYSTICK_LOG_LEVEL: 'error' } });
  try {
    const admin = await new Client(tallystick.url).bootstrap(tallystick.bootstrapToken ?? '', 'admin');
    const source = await admin.registerSource(SOURCE_ID, { en: 'Sends anything' });
    await admin.registerSource(OTHER_SOURCE_ID, { en: 'Its neighbour' });
    await admin.registerSeries(SERIES);
    await admin.post('/v1/series/retire', { seriesKey: RETIRED_SERIES });
    const log = await SqliteEventStore.open({ file: join(dataFolder, 'log.db'), readOnly: true });
    const key = source.token ?? '';
    const door = new RawDoor(Number(new URL(tallystick.url).port), key);
    return {
      tallystick,
      admin,
      door,
      key,
      head: async () => (await log.head())?.position ?? 0n,
      eventsAfter: async (position) => {
        const events: StoredEvent[] = [];
        for await (const event of log.readAll({ after: position })) events.push(event);
        return events;
      },
      stop: async () => {
        door.close();
        await log.close();
        return tallystick.stop();
      },
    };
  } catch (error) {
    await tallystick.stop();
    throw error;
  }
}
