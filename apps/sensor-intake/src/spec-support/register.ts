import { seriesDecider, seriesStream, sourceDecider, sourceStream } from '#lib/domain';
import { executeCommand, type EventStore } from '#lib/event-store';
import { issueApiKey } from '#lib/intake';

const actor = { kind: 'person', id: 'root', role: 'admin' } as const;
const name = { en: 'Air' };
const metadata = { actor, correlationId: 'spec' };
export const NOW = '2026-11-24T06:00:00.000Z';

/** The source `air` with the series `air/pm25`, as another process would have left them in the log. */
export async function registerAir(store: EventStore): Promise<void> {
  await executeCommand({
    store,
    metadata,
    decider: sourceDecider,
    stream: sourceStream('air'),
    commandId: 'source',
    command: { type: 'RegisterSource', sourceId: 'air', name, actor },
  });
  const series = { seriesKey: 'air/pm25', sourceId: 'air', name, unitOfMeasure: 'ug/m3' };
  await executeCommand({
    store,
    metadata,
    decider: seriesDecider,
    stream: seriesStream('air/pm25'),
    commandId: 'series',
    command: { type: 'RegisterSeries', ...series, actor },
  });
}

/** A new key of the source. */
export async function issueKey(store: EventStore): Promise<string> {
  const { key, keyId, sha256 } = issueApiKey();
  await executeCommand({
    store,
    metadata,
    decider: sourceDecider,
    stream: sourceStream('air'),
    commandId: keyId,
    command: { type: 'IssueSourceKey', sourceId: 'air', keyId, keySha256: sha256, now: NOW, actor },
  });
  return key;
}
