import { describe, expect, it } from '@jest/globals';
import { CENSORED, createLogger } from './logger.js';

function recorder(): { lines: string[]; write: (line: string) => void } {
  const lines: string[] = [];
  return { lines, write: (line) => void lines.push(line) };
}

describe('createLogger', () => {
  it('given a line, then it is one JSON object with level, time and service', () => {
    const destination = recorder();
    createLogger({ level: 'info', service: 'projector', destination }).info({ position: '7' }, 'caught up');
    expect(destination.lines).toHaveLength(1);
    const line = JSON.parse(destination.lines[0]!) as Record<string, unknown>;
    expect(line).toMatchObject({ level: 'info', service: 'projector', position: '7', msg: 'caught up' });
    expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('given a level, then what is below it is not written', () => {
    const destination = recorder();
    const logger = createLogger({ level: 'warn', destination });
    logger.info('quiet');
    logger.warn('loud');
    expect(destination.lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['loud']);
  });

  it('given secrets at any usual depth, then none is written', () => {
    const destination = recorder();
    const logger = createLogger({ level: 'info', destination });
    const headers = {
      authorization: 'Bearer hidden-1',
      cookie: 'session=hidden-2',
      'set-cookie': 'hidden-3',
      accept: 'kept',
    };
    logger.info({ token: 'hidden-4', request: { headers, token: 'hidden-5' }, password: 'hidden-6' }, 'asked');
    logger.child({ apiKey: 'hidden-7', headers }).info({ secret: 'hidden-8' }, 'asked by a child');
    expect(destination.lines).toHaveLength(2);
    for (const line of destination.lines) expect(line).not.toContain('hidden');
    expect(destination.lines[0]).toContain('kept');
    expect(destination.lines[0]!.split(CENSORED)).toHaveLength(7);
  });

  it('given our own keys inside text, then only their kind is written', () => {
    const destination = recorder();
    const logger = createLogger({ level: 'info', destination });
    logger.info({ url: '/x?key=tsk_k1_AAAABBBBCCCC' }, 'signed in with tsp_p1_DDDDEEEE.');
    logger.error(new Error('bad key tsk_k1_AAAABBBBCCCC'));
    expect(destination.lines.join('')).not.toMatch(/AAAA|DDDD/);
    expect(destination.lines[0]).toContain(`tsk_${CENSORED}`);
    expect(destination.lines[1]).toContain('logger.spec');
  });
});
