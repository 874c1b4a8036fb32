import {
  fold,
  organisationDecider,
  organisationStream,
  type OrganisationEvent,
  type OrganisationState,
} from '#lib/domain';
import { decodeEvent, executeCommand, type EventStore } from '#lib/event-store';
import { ConfigurationError, type Configuration, type ConfigurationProblem } from '#lib/platform';

const SETUP = { kind: 'system', id: 'setup', role: 'system' } as const;

/**
 * Makes sure that the log says whose it is. A new log gets the configured organisation as its first event. An old one keeps
 * what it says, and a variable that was set to something else stops the program: periods would silently move.
 * @returns the organisation as the log has it
 * @throws ConfigurationError naming each variable that differs from the log
 */
export async function establishOrganisation(
  store: EventStore,
  { organisation }: Configuration,
  env: NodeJS.ProcessEnv,
): Promise<Configuration['organisation']> {
  let established = (await organisationOf(store)).organisation;
  if (established === undefined) {
    await executeCommand({
      store,
      decider: organisationDecider,
      stream: organisationStream(),
      command: { type: 'EstablishOrganisation', ...organisation, actor: SETUP },
      commandId: 'establish-organisation',
      metadata: { actor: SETUP, correlationId: 'establish-organisation' },
    });
    // Another process may have been first, with another calendar.
    established = (await organisationOf(store)).organisation;
    if (established === undefined) throw new Error('the organisation that was just established is not in the log');
  }
  const problems: ConfigurationProblem[] = [];
  const compare = (variable: string, configured: unknown, recorded: unknown): void => {
    if (env[variable] && configured !== recorded)
      problems.push({ variable, what: `is "${configured}", but this log follows "${recorded}" since its first event` });
  };
  compare('TALLYSTICK_TIME_ZONE', organisation.timeZone, established.timeZone);
  compare('TALLYSTICK_FISCAL_YEAR_START_MONTH', organisation.fiscalYearStartMonth, established.fiscalYearStartMonth);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return established;
}

async function organisationOf(store: EventStore): Promise<OrganisationState> {
  const events: OrganisationEvent[] = [];
  for await (const stored of store.readStream(organisationStream()))
    events.push(decodeEvent<OrganisationEvent>(stored));
  return fold(organisationDecider, events);
}
