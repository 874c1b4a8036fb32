import { describe, expect, it } from '@jest/globals';
import { isConnectionLost, isRolledBack, kindOfFailure, textOf } from './failures.js';

const fromServer = (code: string): Error => Object.assign(new Error('of the server'), { code, severity: 'ERROR' });
const fromTheWay = (code: string): Error => Object.assign(new Error('of the way'), { code });

describe('failures of PostgreSQL', () => {
  it('given a restart, a failover, a full server or a race, then trying again is right', () => {
    const states = ['57P01', '57P02', '57P03', '53300', '53100', '40001', '40P01', '08006', '25006', '57014', '55P03'];
    for (const state of states) expect([state, kindOfFailure(fromServer(state))]).toEqual([state, 'passing']);
    for (const code of ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ENOTFOUND'])
      expect([code, kindOfFailure(fromTheWay(code))]).toEqual([code, 'passing']);
    expect(kindOfFailure(new Error('Query read timeout'))).toBe('passing');
  });

  it('given content that is not taken, or a lack of rights, then it is not', () => {
    for (const state of ['22021', '22P02', '54000']) expect(kindOfFailure(fromServer(state))).toBe('content');
    for (const state of ['42501', '42P01', '28P01', '3D000']) expect(kindOfFailure(fromServer(state))).toBe('lasting');
  });

  it('gives a connection up when the server is gone or only reads, and keeps it after a plain error', () => {
    for (const state of ['57P01', '57P03', '08006', '25006']) expect(isConnectionLost(fromServer(state))).toBe(true);
    expect(isConnectionLost(fromTheWay('ECONNRESET'))).toBe(true);
    for (const state of ['22021', '40001', '57014']) expect(isConnectionLost(fromServer(state))).toBe(false);
  });

  it('takes nothing as rolled back without the word of the server', () => {
    expect(isRolledBack(fromServer('40001'))).toBe(true);
    expect(isRolledBack(fromTheWay('ECONNRESET'))).toBe(false);
    // The connection may be ended after the commit and before the answer.
    expect(isRolledBack(fromServer('57P01'))).toBe(false);
  });

  it('tells every reason of a failure to connect', () => {
    const both = new AggregateError([fromTheWay('ECONNREFUSED'), new Error('timeout expired')]);
    expect(textOf(both)).toBe('of the way (ECONNREFUSED); timeout expired');
  });
});
