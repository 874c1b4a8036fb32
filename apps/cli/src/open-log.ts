/** Logs as the commands need them. Which engine stands behind a URL is said in libs/engines. */
import { openEventStore, openLogImport, parseLogUrl, type LogAddress } from '#lib/engines';
import type { EventStore, LogImport } from '#lib/event-store';
import type { LogSide } from '#lib/log-moving';

export interface OpenedLog {
  readonly side: LogSide;
  close(): Promise<void>;
}

export interface LogOpenedForPlacing extends OpenedLog {
  readonly placing: LogImport;
}

/** @throws LogUrlError; what the engine throws when the log is not there or cannot be read */
export async function openForReading(url: string): Promise<OpenedLog> {
  const address = parseLogUrl(url);
  const store = await openEventStore(url, { readOnly: true });
  return { side: sideOf(address, store), close: () => store.close() };
}

/** @throws LogUrlError; EventStoreError `STORE_IN_USE` when a service has the log */
export async function openForPlacing(url: string): Promise<LogOpenedForPlacing> {
  const address = parseLogUrl(url);
  const placing = await openLogImport(url);
  try {
    const store = await openEventStore(url, { readOnly: true });
    const close = async (): Promise<void> => {
      await store.close();
      await placing.close();
    };
    return { side: sideOf(address, store), placing, close };
  } catch (error) {
    await placing.close();
    throw error;
  }
}

const sideOf = ({ name, hasDensePositions }: LogAddress, store: EventStore): LogSide => ({
  name,
  store,
  hasDensePositions,
});
