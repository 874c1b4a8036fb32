import { describe, expect, it } from '@jest/globals';
import { Health } from './health.js';

describe('Health', () => {
  it('given parts that come up, then the process is ready when the last one is', () => {
    const health = new Health();
    health.expect('event-store');
    health.expect('views', 'are 1200 events behind');
    expect(health.ready()).toMatchObject({
      ready: false,
      reasons: ['event-store: is starting', 'views: are 1200 events behind'],
    });
    health.up('event-store');
    expect(health.ready().ready).toBe(false);
    health.up('views');
    expect(health.ready()).toEqual({
      ready: true,
      reasons: [],
      checks: [
        { name: 'event-store', state: 'up', reason: null },
        { name: 'views', state: 'up', reason: null },
      ],
    });
  });

  it('given a part that goes down and comes back, then readiness follows, and the process stays alive', () => {
    const health = new Health();
    health.down('event-store', 'the disk is full');
    expect(health.ready().reasons).toEqual(['event-store: the disk is full']);
    expect(health.live()).toEqual({ live: true, reasons: [] });
    health.up('event-store');
    expect(health.ready().ready).toBe(true);
  });

  it('given a part that failed for good, then the process is neither ready nor alive, whatever is said later', () => {
    const health = new Health();
    health.fail('writer', 'its thread ended with code 1');
    health.up('writer');
    expect(health.live()).toEqual({ live: false, reasons: ['writer: its thread ended with code 1'] });
    expect(health.ready().ready).toBe(false);
  });

  it('given a watched part, then it is asked each time, and a probe that throws counts as down', () => {
    const health = new Health();
    let lag = 10;
    health.watch('views', () => (lag > 5 ? `are ${lag} events behind` : null));
    expect(health.ready().reasons).toEqual(['views: are 10 events behind']);
    lag = 0;
    expect(health.ready().ready).toBe(true);
    health.watch('disk', () => {
      throw new Error('cannot be read');
    });
    expect(health.ready().reasons).toEqual(['disk: cannot be read']);
  });

  it('given a stop, then nothing new is wanted, although every part is up', () => {
    const health = new Health();
    health.up('event-store');
    health.stop();
    expect(health.ready()).toMatchObject({ ready: false, reasons: ['process: is stopping'] });
    expect(health.live().live).toBe(true);
  });
});
