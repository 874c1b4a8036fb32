import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../logging/logger.js';
import { ShutdownSequence, stopOnSignals } from './shutdown-sequence.js';

function sequenceOf(deadline_ms = 5000): { sequence: ShutdownSequence; messages: () => string[] } {
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } });
  const messages = (): string[] =>
    lines.map((line) => {
      const { step, msg } = JSON.parse(line) as { step?: string; msg: string };
      return step ? `${step}: ${msg}` : msg;
    });
  return { sequence: new ShutdownSequence({ deadline_ms, logger }), messages };
}

const outcomesOf = (report: { steps: readonly { name: string; outcome: string }[] }): string[] =>
  report.steps.map(({ name, outcome }) => `${name} ${outcome}`);
const never = (): Promise<void> => new Promise(() => undefined);

describe('ShutdownSequence', () => {
  it('given steps, then they run in order, one after the other, and each is logged', async () => {
    const { sequence, messages } = sequenceOf();
    const order: string[] = [];
    sequence
      .add('doors', async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        order.push('doors');
      })
      .add('store', () => void order.push('store'));
    const report = await sequence.run('SIGTERM');
    expect(order).toEqual(['doors', 'store']);
    expect(report).toMatchObject({ reason: 'SIGTERM', clean: true });
    expect(messages()).toEqual(['stopping', 'doors: stopped', 'store: stopped', 'stopped cleanly']);
  });

  it('given two calls, then the steps run once and both get the same report', async () => {
    const { sequence } = sequenceOf();
    let runs = 0;
    sequence.add('store', () => void runs++);
    const [one, other] = await Promise.all([sequence.run('first'), sequence.run('second')]);
    expect([runs, one === other, one.reason]).toEqual([1, true, 'first']);
    expect(() => sequence.add('late', () => undefined)).toThrow('"late" comes too late');
  });

  it('given a step that fails, at once or later, then the next ones run all the same', async () => {
    const { sequence, messages } = sequenceOf();
    sequence
      .add('throws', () => {
        throw new Error('no');
      })
      .add('rejects', () => Promise.reject(new Error('no')))
      .add('store', () => undefined);
    const report = await sequence.run('SIGTERM');
    expect(outcomesOf(report)).toEqual(['throws failed', 'rejects failed', 'store done']);
    expect(report.clean).toBe(false);
    expect(messages()).toContain('rejects: failed to stop');
  });

  it('given a step that hangs within its own limit, then the next one gets its turn', async () => {
    const { sequence } = sequenceOf();
    sequence.add('connections', never, { atMost_ms: 10 }).add('store', () => undefined);
    expect(outcomesOf(await sequence.run('SIGTERM'))).toEqual(['connections timed-out', 'store done']);
  });

  it('given a step that uses up the deadline, then the rest is skipped and said so', async () => {
    const { sequence, messages } = sequenceOf(20);
    sequence.add('connections', never).add('store', () => undefined);
    const report = await sequence.run('SIGTERM');
    expect(outcomesOf(report)).toEqual(['connections timed-out', 'store skipped']);
    expect(messages().slice(-2)).toEqual([
      'store: not stopped: the deadline has passed',
      'stopped, but not everything was done',
    ]);
  });
});

describe('stopOnSignals', () => {
  it('given a signal, then the sequence runs and the exit code says how it went', async () => {
    for (const [fails, code] of [
      [false, 0],
      [true, 1],
    ] as const) {
      const { sequence } = sequenceOf();
      sequence.add('store', () => (fails ? Promise.reject(new Error('no')) : undefined));
      const exits = new EventEmitter();
      const source = new EventEmitter();
      stopOnSignals(sequence, { source, exit: (with_) => void exits.emit('exit', with_) });
      const exited = once(exits, 'exit');
      source.emit('SIGTERM');
      expect(await exited).toEqual([code]);
    }
  });

  it('given a second signal while steps hang, then it ends at once', () => {
    const { sequence } = sequenceOf();
    sequence.add('connections', never, { atMost_ms: 20 });
    const codes: number[] = [];
    const source = new EventEmitter();
    stopOnSignals(sequence, { source, exit: (code) => void codes.push(code) });
    source.emit('SIGINT');
    expect(codes).toEqual([]);
    source.emit('SIGTERM');
    expect(codes).toEqual([1]);
  });
});
