import { expect } from '@jest/globals';
import { startTallystick } from '#lib/client';
import { type ComparableAnswers, comparableAnswers } from './answers.js';
import { type Delivery, deliver } from './deliveries.js';
import { calendarOf, type PreparedSystem, prepareSystem, type RegisteredDataset } from './prepare.js';

/** Delivers everything, waits for the views and reads the answers. */
export async function deliverAndAnswer(
  system: PreparedSystem,
  dataset: RegisteredDataset,
  deliveries: readonly Delivery[],
  rollupsOf: readonly string[],
): Promise<ComparableAnswers> {
  const verdict = await deliver(system.source, deliveries);
  await system.admin.waitForViews(verdict.position ?? '0');
  return comparableAnswers(system.admin, dataset.kpis, rollupsOf);
}

/**
 * Loads half of the shuffled data into a fresh system, kills it without warning in the middle of the next request, starts
 * it again on the same folder, loads all of it in yet another order, and expects the answers of a plain load.
 */
export async function expectSameAfterCrashAndDisorder(
  dataset: RegisteredDataset,
  shuffled: readonly Delivery[],
  rollupsOf: readonly string[],
  plain: ComparableAnswers,
): Promise<void> {
  const system = await prepareSystem(dataset);
  const { tallystick } = system;
  let again: Awaited<ReturnType<typeof startTallystick>> | undefined;
  try {
    const half = Math.ceil(shuffled.length / 2);
    await deliver(system.source, shuffled.slice(0, half));
    const cutOff = system.source
      .sendObservations(shuffled[half]?.body ?? '', { contentType: shuffled[half]?.contentType, attempts: 1 })
      .then(
        () => 'answered before the crash',
        () => 'cut off by the crash',
      );
    await tallystick.kill();
    await cutOff;
    again = await startTallystick({ dataFolder: tallystick.dataFolder, env: calendarOf(dataset) });
    expect(again.bootstrapToken).toBeNull();
    const revived: PreparedSystem = {
      tallystick: again,
      admin: system.admin.at(again.url),
      source: system.source.at(again.url),
    };
    const answers = await deliverAndAnswer(revived, dataset, [...shuffled].reverse(), rollupsOf);
    expect(answers).toEqual(plain);
  } finally {
    await again?.stop();
    await tallystick.stop();
  }
}
