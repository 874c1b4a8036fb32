import { describe, expect, it } from '@jest/globals';
import { Settling } from './settling.js';

describe('settling', () => {
  it('is due at once while it is cheap, and pauses in proportion to what it cost', () => {
    const settling = new Settling();
    expect(settling.isDue(0, true)).toBe(true);
    settling.done(100, 0);
    expect(settling.isDue(100, true)).toBe(true);
    settling.done(100, 25);
    expect(settling.isDue(199, true)).toBe(false);
    expect(settling.isDue(200, true)).toBe(true);
  });

  it('is due twice a second while catching up', () => {
    const settling = new Settling();
    expect(settling.isDue(0, false)).toBe(true);
    settling.done(0, 1);
    expect(settling.isDue(499, false)).toBe(false);
    expect(settling.isDue(500, false)).toBe(true);
  });

  it('is done once by the timer when nothing more comes, and not when it was done before', async () => {
    const settling = new Settling();
    let settled = 0;
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
    settling.done(performance.now(), 1);
    settling.later(performance.now(), () => (settled += 1));
    settling.later(performance.now(), () => (settled += 1));
    await pause();
    expect(settled).toBe(1);
    settling.later(performance.now(), () => (settled += 1));
    settling.done(performance.now(), 1);
    await pause();
    expect(settled).toBe(1);
  });
});
