import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '#lib/client';
import { startTallystick } from '#lib/client';
import type { Report } from '../report.js';

interface Digest {
  readonly digest: string;
  readonly position: string;
}

/** The digest of the views as they were left, against the digest of views that are built again from the whole log. */
export async function compareViewsWithRebuild(
  dataFolder: string,
  adminToken: string,
  headPosition: string,
  report: Report,
): Promise<void> {
  const left = await digestOf(dataFolder, adminToken, headPosition);
  rmSync(join(dataFolder, 'views'), { recursive: true });
  const rebuilt = await digestOf(dataFolder, adminToken, headPosition);
  report.figure('digest of the views', `${left.digest.slice(0, 16)}… at position ${left.position}`);
  report.check(left.position === headPosition, () => `the views end at ${left.position}, the log at ${headPosition}`);
  report.check(
    left.digest === rebuilt.digest && left.position === rebuilt.position,
    () => `the views (${JSON.stringify(left)}) differ from rebuilt ones (${JSON.stringify(rebuilt)})`,
  );
}

async function digestOf(dataFolder: string, adminToken: string, headPosition: string): Promise<Digest> {
  const tallystick = await startTallystick({ dataFolder });
  try {
    const admin = new Client(tallystick.url, adminToken);
    await admin.waitForViews(headPosition);
    return await admin.get<Digest>('/v1/views/digest');
  } finally {
    await tallystick.stop();
  }
}
