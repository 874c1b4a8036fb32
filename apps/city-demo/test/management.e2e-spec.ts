import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client, type RunningTallystick, startTallystick } from '#lib/client';
import { CITY } from '../src/city/city.js';
import { CITY_TIME_ZONE } from '../src/city/sensor-reading.js';
import { dateAfter, localDate, monthOf } from '../src/setup/dates.js';
import { REVIEWS, TARGET_CHANGES } from '../src/setup/management-story.js';
import { playManagement } from '../src/setup/play-management.js';
import { ADMIN, registerCity, type RegisteredCity } from '../src/setup/register-city.js';

/** More steps than the story has: a playing that never comes to its end must not run for ever. */
const STEPS_MAX = 100;
const TIMEOUT_MS = 120_000;

const today = localDate(Date.now(), CITY_TIME_ZONE);
const tomorrow = dateAfter(today, 1);
/** Another day of the same month: an effect check of a month that has not begun is another story. */
const otherDay = monthOf(tomorrow) === monthOf(today) ? tomorrow : today;

interface Step {
  readonly type: string;
  readonly note: string | null;
}

describe('the management of the demo', () => {
  let system: RunningTallystick;
  let city: RegisteredCity;
  let anyone: Client;

  beforeAll(async () => {
    system = await startTallystick();
    anyone = new Client(system.url);
    const admin = await anyone.bootstrap(system.bootstrapToken!, ADMIN);
    city = await registerCity(admin, CITY, dateAfter(today, -60), `${Number(today.slice(0, 4)) + 2}-12-31`);
  }, TIMEOUT_MS);
  afterAll(() => system.stop());

  /** Plays it and dies after so many commands, as a killed demo does: recorded, but the answer never read. */
  async function playUntil(step: number, day: string): Promise<'killed' | 'played'> {
    const send = globalThis.fetch;
    let sent = 0;
    const fetched = jest.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const response = await send(input, init);
      if (init?.method === 'POST' && ++sent === step) throw new Error('killed');
      return response;
    });
    try {
      await playManagement(anyone, CITY, city.tokens, { today: day, begunOn: today });
      return 'played';
    } catch (error) {
      if ((error as Error).message !== 'killed') throw error;
      return 'killed';
    } finally {
      fetched.mockRestore();
    }
  }

  it(
    'given it is killed after every single step and begun again, also on another day, then each step was taken once',
    async () => {
      let step = 1;
      while (step < STEPS_MAX && (await playUntil(step, step % 2 === 0 ? today : otherDay)) === 'killed') step += 1;
      expect(step).toBeGreaterThan(TARGET_CHANGES.length + REVIEWS.length);
      expect(step).toBeLessThan(STEPS_MAX);

      const auditor = anyone.as(city.tokens['demo-auditor']!);
      const actions = await auditor.getAll<{ actionId: string; steps: readonly Step[] }>('/v1/actions');
      const reviews = await auditor.getAll<{ findings: readonly object[]; conclusion: string | null }>('/v1/reviews');
      const told = REVIEWS.flatMap((review) => review.findings).flatMap(({ action }) => action ?? []);
      expect(reviews).toHaveLength(REVIEWS.length);
      expect(reviews.flatMap(({ findings }) => findings)).toHaveLength(REVIEWS.flatMap((one) => one.findings).length);
      expect(reviews.filter(({ conclusion }) => conclusion === null)).toHaveLength(
        REVIEWS.filter(({ conclusion }) => conclusion === undefined).length,
      );
      for (const { actionId, progress, completed, effectNote } of told) {
        const steps = actions.find((action) => action.actionId === actionId)!.steps;
        const notes = [...progress.map(({ note }) => note), completed, effectNote].filter((note) => note !== undefined);
        expect(steps.map(({ note }) => note).filter((note) => note !== null)).toEqual(notes);
      }
      const trail = await auditor.getAll<{ type: string }>('/v1/audit-trail');
      const proposals = trail.filter(({ type }) => type === 'TargetChangeProposed');
      expect(proposals).toHaveLength(TARGET_CHANGES.length);
    },
    TIMEOUT_MS,
  );
});
