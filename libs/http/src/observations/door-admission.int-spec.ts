import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { DoorAnswer, ObservationDoor } from '#lib/intake';
import { Metrics } from '#lib/platform';
import { HttpFixture } from '../spec-support/http-fixture.js';
import type { DoorAdmissionLimits } from './door-admission.js';

const ANSWER: DoorAnswer = {
  sent: 1,
  accepted: 1,
  duplicate: 0,
  quarantined: 0,
  rejected: 0,
  position: '9',
  problems: [],
};
const KIB = 1024;
const LIMITS: DoorAdmissionLimits = {
  requests_max: 3,
  bodies_max_bytes: 300 * KIB,
  bodiesOfSource_max_bytes: 200 * KIB,
};

/** A door that answers when it is let. */
class HeldDoor {
  private readonly waiting: ((answer: DoorAnswer) => void)[] = [];

  receive(): Promise<DoorAnswer> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  get inside(): number {
    return this.waiting.length;
  }

  letOut(): void {
    for (const resolve of this.waiting.splice(0)) resolve(ANSWER);
  }
}

describe('the bound on what is inside the door', () => {
  let http: HttpFixture;
  let door: HeldDoor;
  let metrics: Metrics;

  const start = async (): Promise<string> => {
    door = new HeldDoor();
    metrics = new Metrics({ processMetrics: false });
    http = await HttpFixture.start({ door: door as unknown as ObservationDoor, metrics, doorLimits: LIMITS });
    return http.source(await http.admin(), 'stations');
  };
  afterEach(() => http.close());

  const send = (key: string, size_bytes: number, headers: Record<string, string> = {}) =>
    http.app.inject({
      method: 'POST',
      url: '/v1/observations',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      payload: Buffer.alloc(size_bytes, 'a'),
    });
  const until = async (inside: number): Promise<void> => {
    while (door.inside < inside) await new Promise((resolve) => setTimeout(resolve, 1));
  };

  it('given as many requests as may be inside, then one more is refused with when to come back, and let in later', async () => {
    const key = await start();
    const inside = [1, 2, 3].map(() => send(key, 10));
    await until(3);
    const refused = await send(key, 10);
    expect([refused.statusCode, refused.headers['retry-after'], refused.json()]).toEqual([
      503,
      '1',
      expect.objectContaining({ code: 'OVERLOADED', instance: expect.stringMatching(/^urn:uuid:/) }),
    ]);
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(await metrics.text()).toContain('tallystick_door_refused_total 1');
    door.letOut();
    expect((await Promise.all(inside)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    const later = send(key, 10);
    await until(1);
    door.letOut();
    expect((await later).statusCode).toBe(200);
  });

  it('says so in the log, once for many', async () => {
    const key = await start();
    const inside = [1, 2, 3].map(() => send(key, 10));
    await until(3);
    for (let i = 0; i < 5; i += 1) expect((await send(key, 10)).statusCode).toBe(503);
    const lines = http.logged.filter(({ message }) => message.includes('the door is full'));
    expect(lines).toEqual([
      expect.objectContaining({ level: 'warn', facts: expect.objectContaining({ requests: 3 }) }),
    ]);
    door.letOut();
    await Promise.all(inside);
  });

  it('counts the bytes that a source may bring, and compressed ones as what they become', async () => {
    const key = await start();
    const large = send(key, 150 * KIB);
    await until(1);
    expect((await send(key, 100 * KIB)).statusCode).toBe(503);
    expect((await send(key, 10 * KIB, { 'content-encoding': 'gzip' })).statusCode).toBe(503);
    const small = send(key, 4 * KIB, { 'content-encoding': 'gzip' });
    await until(2);
    door.letOut();
    expect((await Promise.all([large, small])).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect((await send(key, 250 * KIB)).statusCode).toBe(503);
  });

  it('forgets a sender that breaks off, and keeps the connection of one that it refuses', async () => {
    const key = await start();
    await http.app.listen(0, '127.0.0.1');
    const port = (http.app.getHttpServer().address() as AddressInfo).port;
    const open = async (): Promise<Socket> => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      return socket;
    };
    const head = (size_bytes: number): string =>
      `POST /v1/observations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Type: text/csv\r\nContent-Length: ${size_bytes}\r\n\r\n`;
    const dribbling = await open();
    dribbling.write(`${head(190 * KIB)}half`);
    const refused = await open();
    await new Promise((resolve) => setTimeout(resolve, 50));
    let heard = '';
    refused.setEncoding('latin1').on('data', (text: string) => (heard += text));
    const answers = async (count: number): Promise<void> => {
      while (heard.split('HTTP/1.1 ').length <= count) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    refused.write(head(100 * KIB) + 'b'.repeat(100 * KIB));
    await answers(1);
    expect(heard).toMatch(/^HTTP\/1\.1 503 /);
    dribbling.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    refused.write(head(100 * KIB) + 'b'.repeat(100 * KIB));
    await until(1);
    door.letOut();
    await answers(2);
    expect(heard).toMatch(/HTTP\/1\.1 200 /);
    refused.destroy();
  });
});
