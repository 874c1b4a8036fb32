/** Two sensor intakes and one all-in-one on one log in a real PostgreSQL. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, Client as NewClient, startTallystick, type RunningTallystick } from '#lib/client';
import { openEventStore } from '#lib/engines';
import { startPostgres, type PostgresServer } from '../../../test/services/postgres.js';
import { peerTookPart } from '../../../test/services/support/peers.js';
import { startIntakeProcess, type IntakeProcess } from './start-intake-process.js';

const SERIES = { seriesKey: 'air/pm25', sourceId: 'air', name: { en: 'PM2.5' }, unitOfMeasure: 'ug/m3' };
const WITHIN_A_SECOND_ms = 1000;
const START_ms = Date.parse('2026-11-01T00:00:00Z');
const SENDERS = 8;
const REQUESTS_OF_SENDER = 60;

let minute = 0;
const observation = (value: number) => {
  minute += 1;
  return { series: SERIES.seriesKey, observedAt: START_ms + minute * 60_000, value };
};

const isReady = async (url: string): Promise<boolean> => {
  const answer = await fetch(`${url}/health/ready`).catch(() => null);
  return answer?.status === 200;
};

async function until(condition: () => Promise<boolean>, within_ms: number): Promise<number> {
  const begun_ms = performance.now();
  while (!(await condition())) {
    if (performance.now() - begun_ms > within_ms) throw new Error(`not within ${within_ms} ms`);
    await pause(10);
  }
  return performance.now() - begun_ms;
}

describe('several processes on one log in PostgreSQL', () => {
  let server: PostgresServer;
  let whole: RunningTallystick;
  let intakes: readonly [IntakeProcess, IntakeProcess];
  let admin: Client;
  let source: Client;

  beforeAll(async () => {
    server = await startPostgres();
    peerTookPart('postgresql', server.version);
    whole = await startTallystick({ env: { TALLYSTICK_LOG: server.url } });
    intakes = await Promise.all([startIntakeProcess(server.url), startIntakeProcess(server.url)]);
    admin = await new NewClient(whole.url).bootstrap(whole.bootstrapToken!, 'admin');
    source = await admin.registerSource('air', { en: 'Air' });
    await admin.registerSeries([SERIES]);
    // A key and a series that were made through another process work within a second.
    const probe = observation(0);
    const taken = (url: string) => async () =>
      (
        await source
          .at(url)
          .sendObservations(probe)
          .catch(() => null)
      )?.accepted === 1;
    for (const { url } of intakes) expect(await until(taken(url), 5000)).toBeLessThan(WITHIN_A_SECOND_ms);
  });

  afterAll(async () => {
    isOver = true;
    await Promise.all([...(intakes ?? []).map((intake) => intake.stop()), whole?.stop()]);
    await server?.dispose();
  });

  /** Idempotency keys of the source's events, in the order of the log. */
  const keysInLog = async (): Promise<string[]> => {
    const store = await openEventStore(server.url);
    const keys: string[] = [];
    for await (const { metadata } of store.readStream('observations-air'))
      if (metadata.request?.key !== undefined) keys.push(metadata.request.key);
    await store.close();
    return keys;
  };

  it('given observations at both intakes, then they arrive in the views of the other process', async () => {
    const sent = [0, 1, 2, 3].map((index) => observation(10 + index));
    const verdicts = await Promise.all(
      sent.map((body, index) => source.at(intakes[index % 2]!.url).sendObservations(body)),
    );
    const last = verdicts.map(({ position }) => BigInt(position!)).reduce((a, b) => (a > b ? a : b));
    const { items } = await admin.get<{ items: { value: number }[] }>('/v1/observations', {
      series: SERIES.seriesKey,
      waitFor: String(last),
    });
    expect(items.map(({ value }) => value).sort((a, b) => a - b)).toEqual([0, 10, 11, 12, 13]);
    const lag = await admin.get<{ lag: { lag_events: number } }>('/v1/views');
    expect(lag.lag.lag_events).toBe(0);
  });

  it('given one request with a key at both intakes at once, then there is one event, and both get its answer', async () => {
    const before = (await keysInLog()).length;
    const rounds = Array.from({ length: 25 }, (_, index) => ({ key: `twice-${index}`, body: observation(index) }));
    for (const { key, body } of rounds) {
      const options = { idempotencyKey: key };
      const [one, other] = await Promise.all(intakes.map(({ url }) => source.at(url).sendObservations(body, options)));
      expect([one!.replayed ?? false, other!.replayed ?? false].sort()).toEqual([false, true]);
      expect([one!.position, one!.accepted]).toEqual([other!.position, other!.accepted]);
    }
    const keys = (await keysInLog()).slice(before);
    expect(keys.sort()).toEqual(rounds.map(({ key }) => key).sort());
  });

  it('given one key for two contents at both intakes at once, then one is stored and the other refused', async () => {
    const before = (await keysInLog()).length;
    for (let round = 0; round < 10; round += 1) {
      const options = { idempotencyKey: `other-${round}` };
      const answers = await Promise.allSettled(
        intakes.map(({ url }) => source.at(url).sendObservations(observation(round), options)),
      );
      const refused = answers.filter((answer) => answer.status === 'rejected');
      expect(refused).toHaveLength(1);
      expect(refused[0]!.reason).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
    }
    expect((await keysInLog()).length - before).toBe(10);
  });

  it('given a key that is revoked through another process, then both intakes refuse it within a second', async () => {
    const { key, keyId } = await admin.post<{ key: string; keyId: string }>('/v1/sources/air/keys', {});
    const revoked = source.as(key);
    const status = (url: string) => async () =>
      (await revoked
        .at(url)
        .sendObservations(observation(1))
        .catch((error: { status?: number }) => error)) as {
        status?: number;
      };
    for (const { url } of intakes)
      await until(async () => (await status(url)()).status === undefined, WITHIN_A_SECOND_ms);
    await admin.post(`/v1/sources/air/keys/${keyId}/revoke`, {});
    for (const { url } of intakes) await until(async () => (await status(url)()).status === 401, WITHIN_A_SECOND_ms);
  });

  /** Ends the senders of a test that failed. */
  let isOver = false;
  /** Answers `replayed`: stored before, and the acknowledgement did not come. */
  let replays = 0;

  /** Every sender sends one after the other, at both intakes in turn, again after trouble; the keys that were acknowledged. */
  const sendMany = (name: string, urls: () => readonly string[]): Promise<string[]> =>
    Promise.all(
      Array.from({ length: SENDERS }, async (_, sender) => {
        const keys: string[] = [];
        for (let index = 0; index < REQUESTS_OF_SENDER; index += 1) {
          const idempotencyKey = `${name}-${sender}-${index}`;
          const body = observation(index);
          for (let attempt = 0; !isOver; attempt += 1) {
            const url = urls()[(sender + index + attempt) % urls().length]!;
            const answer = await source
              .at(url)
              .sendObservations(body, { idempotencyKey, attempts: 1 })
              .catch(() => null);
            if (answer?.replayed === true) replays += 1;
            if (answer !== null) break;
            await pause(20);
          }
          keys.push(idempotencyKey);
        }
        return keys;
      }),
    ).then((keys) => keys.flat());

  it('given a server that is restarted at once in the middle, then nothing acknowledged is lost or doubled', async () => {
    const before = (await keysInLog()).length;
    const sending = sendMany('restart', () => intakes.map(({ url }) => url));
    await pause(150);
    await server.stopImmediately();
    try {
      for (const { url } of [...intakes, whole]) {
        await until(async () => !(await isReady(url)), 5000);
        expect((await fetch(`${url}/health/live`)).status).toBe(200);
      }
    } finally {
      await server.start();
    }
    for (const { url } of [...intakes, whole]) await until(() => isReady(url), 10_000);
    const acknowledged = await sending;
    const keys = (await keysInLog()).slice(before);
    expect(keys.sort()).toEqual(acknowledged.sort());
    await admin.waitForViews((await source.sendObservations(observation(5))).position!, 15_000);
  });

  it('given SIGTERM under load, then what was let in is answered, new ones are refused, and it ends with 0', async () => {
    const [first, second] = intakes;
    const before = (await keysInLog()).length;
    replays = 0;
    const urls = [first.url, second.url];
    const sending = sendMany('drain', () => urls);
    await pause(100);
    expect(await second.stop()).toBe(0);
    expect(second.output()).toContain('"msg":"stopped cleanly"');
    expect(await isReady(second.url)).toBe(false);
    urls.pop();
    const acknowledged = await sending;
    expect((await keysInLog()).slice(before).sort()).toEqual(acknowledged.sort());
    // Nothing was stored whose sender went without an answer and had to ask again.
    expect(replays).toBe(0);
  });
});
