import type { Client } from '#lib/client';
import type { Verdict } from '#lib/client';
import { linesOf } from './dataset-files.js';
import { seededShuffle } from './seeded-shuffle.js';

/** One request to the door. */
export interface Delivery {
  readonly contentType: string;
  readonly body: string;
}

/** Requests under way at once: enough to keep the door busy, few enough to keep the order of arrival interesting. */
const REQUESTS_AT_ONCE = 4;

/** An observation as the JSON door takes it. */
export interface SentObservation {
  readonly series: string;
  readonly observedAt: string | number;
  readonly value: number;
}

/** A CSV file cut into uploads of at most `rowsPerUpload` rows, each with the header; rows are shuffled when a seed is given. */
export function csvDeliveries(csv: string, rowsPerUpload: number, shuffleSeed?: number): Delivery[] {
  const { header, lines } = linesOf(csv);
  return cut(inOrder(lines, shuffleSeed), rowsPerUpload).map((part) => ({
    contentType: 'text/csv',
    body: `${header}\n${part.join('\n')}\n`,
  }));
}

/** Observations as JSON arrays and NDJSON in turn. */
export function jsonDeliveries(
  observations: readonly SentObservation[],
  perRequest: number,
  shuffleSeed?: number,
): Delivery[] {
  return cut(inOrder(observations, shuffleSeed), perRequest).map((part, index) =>
    index % 2 === 0
      ? { contentType: 'application/json', body: JSON.stringify(part) }
      : { contentType: 'application/x-ndjson', body: part.map((item) => JSON.stringify(item)).join('\n') },
  );
}

const inOrder = <Item>(items: readonly Item[], shuffleSeed: number | undefined): readonly Item[] =>
  shuffleSeed === undefined ? items : seededShuffle(items, shuffleSeed);

function cut<Item>(items: readonly Item[], size: number): Item[][] {
  const parts: Item[][] = [];
  for (let start = 0; start < items.length; start += size) parts.push(items.slice(start, start + size));
  return parts;
}

/**
 * Sends every delivery, a few at a time, and answers the verdicts added up, with the highest position acknowledged.
 * @throws when a verdict does not add up, or anything was rejected: the data sets hold nothing but observations.
 */
export async function deliver(source: Client, deliveries: readonly Delivery[]): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  const waiting = deliveries.values();
  const sendInTurn = async (): Promise<void> => {
    for (const { body, contentType } of waiting) verdicts.push(await source.sendObservations(body, { contentType }));
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, sendInTurn));
  return verdicts.reduce(addVerdicts);
}

function addVerdicts(left: Verdict, right: Verdict): Verdict {
  for (const { sent, accepted, duplicate, quarantined, rejected, problems } of [left, right]) {
    if (sent !== accepted + duplicate + quarantined + rejected || rejected > 0) {
      throw new Error(
        `a verdict does not add up: ${JSON.stringify({ sent, accepted, duplicate, quarantined, rejected, problems: problems.slice(0, 3) })}`,
      );
    }
  }
  const positions = [left.position, right.position].filter((position) => position !== null).map(BigInt);
  const highest = positions.reduce((high, position) => (position > high ? position : high), 0n);
  return {
    sent: left.sent + right.sent,
    accepted: left.accepted + right.accepted,
    duplicate: left.duplicate + right.duplicate,
    quarantined: left.quarantined + right.quarantined,
    rejected: left.rejected + right.rejected,
    position: String(highest),
    problems: [],
  };
}
