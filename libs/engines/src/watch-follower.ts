import type { Position } from '#lib/event-store';
import type { Health } from '#lib/platform';

/** So long a follower may be behind what the log was then; every store of ours tells its followers within a second. */
export const FOLLOWER_BEHIND_MAX_ms = 3000;

/**
 * Not ready while an in-memory picture of the log (registries of keys and series) is behind it for longer than
 * FOLLOWER_BEHIND_MAX_ms. The head moves all the time, so a follower is measured by where the log was when it was last
 * looked at, and not by where it is now.
 */
export function watchFollower(
  health: Health,
  name: string,
  follower: { readonly position: Position },
  headPosition: () => Position,
  now_ms: () => number = () => performance.now(),
): void {
  let goal = 0n;
  let goalSince_ms = now_ms();
  health.watch(name, () => {
    if (follower.position >= goal) {
      goal = headPosition();
      goalSince_ms = now_ms();
    }
    const isBehind = follower.position < goal && now_ms() - goalSince_ms > FOLLOWER_BEHIND_MAX_ms;
    return isBehind ? 'are behind the log' : null;
  });
}
