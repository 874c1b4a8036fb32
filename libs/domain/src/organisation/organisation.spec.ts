import { describe, expect, it } from '@jest/globals';
import { system } from '../testing/examples.js';
import { decided, refused, scenario } from '../testing/given-when-then.js';
import { type OrganisationCommand, organisationDecider } from './organisation.js';

const { given, after } = scenario(organisationDecider);
const calendar = { name: { en: 'Example City' }, timeZone: 'Asia/Shanghai', fiscalYearStartMonth: 1 };
const establish: OrganisationCommand = { type: 'EstablishOrganisation', actor: system, ...calendar };

describe('organisation', () => {
  it('is established once, with its calendar', () => {
    expect(given().when(establish)).toEqual(decided({ type: 'OrganisationEstablished', data: calendar }));
    expect(after(establish).when(establish)).toEqual(decided());
    expect(after(establish).state).toEqual({ status: 'established', organisation: calendar });
  });

  it('keeps its calendar', () => {
    const other: OrganisationCommand = { ...establish, timeZone: 'Europe/Zurich' };
    expect(after(establish).when(other)).toEqual(refused('conflict', 'ORGANISATION.ALREADY_ESTABLISHED'));
  });

  it.each(['Mars/Olympus', '+08:00', '', 8])('refuses %p as a time zone', (timeZone) => {
    const command = { ...establish, timeZone } as OrganisationCommand;
    expect(given().when(command)).toEqual(refused('invalid', 'ORGANISATION.INVALID', 'timeZone'));
  });

  it.each([0, 13, 1.5, Number.NaN])('refuses %p as the first month of the fiscal year', (fiscalYearStartMonth) => {
    expect(given().when({ ...establish, fiscalYearStartMonth })).toMatchObject({ refused: 'ORGANISATION.INVALID' });
  });
});
