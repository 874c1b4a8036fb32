import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CloudEvent, HTTP, type Message } from 'cloudevents';
import { Client } from '#lib/client';
import { type RunningTallystick, startTallystick } from '#lib/client';
import { peerTookPart } from './support/peers.js';

const SERIES = 'air/pm25/station-1';
let system: RunningTallystick;
let admin: Client;
let source: Client;

beforeAll(async () => {
  system = await startTallystick();
  admin = await new Client(system.url).bootstrap(system.bootstrapToken!, 'admin');
  source = await admin.registerSource('air-network', { en: 'Air quality network' });
  await admin.registerSeries([
    { seriesKey: SERIES, sourceId: 'air-network', name: { en: 'PM2.5' }, unitOfMeasure: 'ug/m3' },
  ]);
});
afterAll(async () => system.stop());

const measured = (hour: number, value: number): CloudEvent<unknown> =>
  new CloudEvent({
    id: `station-1-${hour}`,
    source: '//sensors.example.gov/station-1',
    type: 'gov.example.measurement.recorded.v1',
    subject: SERIES,
    time: `2026-11-24T0${hour}:00:00.000Z`,
    datacontenttype: 'application/json',
    data: { value, unit: 'ug/m3' },
  });

async function emit({ headers, body }: Message): Promise<{ status: number; answer: Record<string, unknown> }> {
  const response = await fetch(`${system.url}/v1/observations`, {
    method: 'POST',
    headers: { ...(headers as Record<string, string>), authorization: `Bearer ${source.token}` },
    body: body as string,
  });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

describe('the CloudEvents SDK as a sender', () => {
  it('given binary and structured mode, then each is one observation', async () => {
    expect(await emit(HTTP.binary(measured(1, 11.5)))).toMatchObject({ status: 200, answer: { sent: 1, accepted: 1 } });
    expect(await emit(HTTP.structured(measured(2, 12.5)))).toMatchObject({ status: 200, answer: { accepted: 1 } });
    const { version } = JSON.parse(readFileSync('node_modules/cloudevents/package.json', 'utf8')) as {
      version: string;
    };
    peerTookPart('cloudevents', version);
  });

  it('given the same event again, also in the other mode, then it is answered and not counted twice', async () => {
    const again = await emit(HTTP.binary(measured(1, 11.5)));
    expect(again).toMatchObject({ status: 200, answer: { replayed: true } });
    const { position } = again.answer as { position: string };
    const { items } = await admin.get<{ items: { value: number }[] }>('/v1/observations', {
      series: SERIES,
      waitFor: position,
    });
    expect(items.filter(({ value }) => value === 11.5)).toHaveLength(1);
  });

  it('given a batch, then every event is an observation', async () => {
    const batch = {
      headers: { 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify([measured(3, 1), measured(4, 2)]),
    };
    expect(await emit(batch)).toMatchObject({ status: 200, answer: { sent: 2, accepted: 2 } });
  });

  it('given an event whose id is missing, then it is refused before the SDK could invent one', async () => {
    const { id: _missing, ...rest } = JSON.parse(HTTP.structured(measured(5, 1)).body as string) as { id: string };
    const answer = await emit({
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(rest),
    });
    expect(answer.status).toBe(400);
  });
});
