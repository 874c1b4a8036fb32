import { describe, expect, it } from '@jest/globals';
import { bo, TODAY } from '../testing/examples.js';
import { decided, refused, scenario } from '../testing/given-when-then.js';
import { type AgendaItem } from './review.events.js';
import { type ReviewCommand, reviewDecider, reviewStream } from './review.js';

const { given, after } = scenario(reviewDecider);
const reviewId = 'environment-2026-q3';
const item: AgendaItem = { kpiId: 'clean-air', reason: 'off-track', value: 57, expected: 50, attainment_percent: 12 };
const about = { reviewId, unitId: 'environment', period: '2026-Q3', agenda: [item], asOf: '1234' };
const open: ReviewCommand = { type: 'OpenReview', actor: bo, ...about, today: TODAY };
const finding = {
  findingId: 'f1',
  kpiId: 'clean-air',
  criteria: 'The mean falls by 7 a year.',
  condition: 'It fell by 2.',
  cause: 'The low emission zone came late.',
  effect: 'More people in hospital.',
};
const record: ReviewCommand = { type: 'RecordFinding', actor: bo, reviewId, ...finding };
const close: ReviewCommand = { type: 'CloseReview', actor: bo, reviewId, conclusion: 'Act on the zone.', today: TODAY };

describe('review', () => {
  it('is opened with its agenda and the position it has seen', () => {
    const { today: _today, type: _type, actor: _actor, ...rest } = open;
    expect(given().when(open)).toEqual(decided({ type: 'ReviewOpened', data: { ...rest, openedOn: TODAY } }));
    expect(reviewStream(reviewId)).toBe('review-environment-2026-q3');
  });

  it('is opened once, though the agenda would look different by now', () => {
    const later = { ...open, agenda: [], asOf: '5678', today: '2026-11-25' } as ReviewCommand;
    expect(after(open).when(later)).toEqual(decided());
    expect(after(open, later).state.agenda).toEqual([item]);
    expect(after(open).when({ ...open, period: '2026-Q4' } as ReviewCommand)).toEqual(
      refused('conflict', 'REVIEW.ID_TAKEN'),
    );
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a period that is none', { period: '2026-13' }, 'period'],
    ['a position that is none', { asOf: '-1' }, 'asOf'],
    ['an agenda item for no reason', { agenda: [{ ...item, reason: 'bad luck' }] }, 'agenda.0.reason'],
    ['a figure that is none', { agenda: [item, { ...item, value: Number.NaN }] }, 'agenda.1.value'],
    ['no agenda', { agenda: undefined }, 'agenda'],
  ])('refuses %s', (_what, change, where) => {
    expect(given().when({ ...open, ...change } as ReviewCommand)).toEqual(refused('invalid', 'REVIEW.INVALID', where));
  });

  it('records findings, each once', () => {
    expect(after(open).when(record)).toEqual(
      decided({ type: 'FindingRecorded', data: { reviewId, unitId: 'environment', finding } }),
    );
    expect(after(open, record).when(record)).toEqual(decided());
    expect(after(open, record).when({ ...record, cause: 'Rain.' } as ReviewCommand)).toEqual(
      refused('conflict', 'REVIEW.FINDING_ID_TAKEN'),
    );
    expect(given().when(record)).toEqual(refused('not-found', 'REVIEW.UNKNOWN'));
  });

  it.each(['criteria', 'condition', 'cause', 'effect'])('wants the %s of a finding', (part) => {
    expect(after(open).when({ ...record, [part]: ' ' } as ReviewCommand)).toEqual(
      refused('invalid', 'REVIEW.FINDING_INVALID', part),
    );
  });

  it('holds at most 200 findings', () => {
    const many = Array.from({ length: 200 }, (_, index) => ({ ...record, findingId: `n${index}` }) as ReviewCommand);
    expect(after(open, ...many).when(record)).toEqual(refused('conflict', 'REVIEW.TOO_MANY_FINDINGS'));
  });

  it('is closed once, with a conclusion, and takes no finding afterwards', () => {
    expect(after(open).when(close)).toMatchObject({ events: [{ data: { unitId: 'environment', closedOn: TODAY } }] });
    expect(after(open, close).when({ ...close, today: '2026-12-01' } as ReviewCommand)).toEqual(decided());
    expect(after(open, close).when({ ...close, conclusion: 'All is well.' } as ReviewCommand)).toEqual(
      refused('conflict', 'REVIEW.CLOSED'),
    );
    expect(after(open, close).when(record)).toEqual(refused('conflict', 'REVIEW.CLOSED'));
    expect(after(open, close).when(open)).toEqual(refused('conflict', 'REVIEW.CLOSED'));
    expect(given().when(close)).toEqual(refused('not-found', 'REVIEW.UNKNOWN'));
  });

  it('is closed neither without a conclusion nor before it was opened', () => {
    expect(after(open).when({ ...close, conclusion: '', today: '2026-11-23' } as ReviewCommand)).toEqual(
      refused('invalid', 'REVIEW.CLOSING_INVALID', 'conclusion', 'today'),
    );
  });
});
