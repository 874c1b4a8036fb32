import { requireAddressee, type Subject } from '../checks/addressee.js';
import { isObject, plain, sameContent } from '../checks/content.js';
import {
  checkIdentifier,
  checkKnownFields,
  checkLocalizedText,
  checkNumber,
  checkSeriesKey,
  checkText,
} from '../checks/fields.js';
import { Problems } from '../checks/problems.js';
import { type CommandOf } from '../command.js';
import { assertNever, type Decider } from '../decider.js';
import { conflict } from '../errors.js';
import { EXPECTED_INTERVAL_MAX_ms, TIME_WINDOW_MAX_ms, UNIT_OF_MEASURE_LENGTH_MAX } from '../limits.js';
import { checkCsvMapping } from './csv-mapping.js';
import { type SeriesDefinition, type SeriesEvent } from './series.events.js';

export type SeriesCommand =
  /** That the source exists is for the caller to check: it has a stream of its own. */
  | CommandOf<'RegisterSeries', SeriesDefinition>
  /** Replaces the whole definition; the source stays. */
  | CommandOf<'ChangeSeries', SeriesDefinition>
  | CommandOf<'RetireSeries', { readonly seriesKey: string }>;

export interface SeriesState {
  readonly status: 'none' | 'registered' | 'retired';
  readonly definition?: SeriesDefinition;
}

type Command<Type extends SeriesCommand['type']> = Extract<SeriesCommand, { type: Type }>;

export const seriesStream = (seriesKey: string): string => `series-${seriesKey}`;

function definitionOf(command: SeriesDefinition): SeriesDefinition {
  const { seriesKey, sourceId, name, unitOfMeasure, physicalRange, expectedInterval_ms, timeWindow, csv } = command;
  return plain({ seriesKey, sourceId, name, unitOfMeasure, physicalRange, expectedInterval_ms, timeWindow, csv });
}

function checkPhysicalRange(problems: Problems, range: unknown): void {
  if (!isObject(range)) return problems.add('physicalRange', 'is not an object with min, max or both');
  checkKnownFields(problems, 'physicalRange', range, ['min', 'max']);
  const { min, max } = range;
  if (min === undefined && max === undefined) problems.add('physicalRange', 'has neither min nor max');
  if (min !== undefined) checkNumber(problems, 'physicalRange.min', min);
  if (max !== undefined) checkNumber(problems, 'physicalRange.max', max);
  if (typeof min === 'number' && typeof max === 'number' && min > max) {
    problems.add('physicalRange', 'has a min above its max');
  }
}

function checkTimeWindow(problems: Problems, window: unknown): void {
  if (!isObject(window)) return problems.add('timeWindow', 'is not an object with maxAge_ms, maxAhead_ms or both');
  checkKnownFields(problems, 'timeWindow', window, ['maxAge_ms', 'maxAhead_ms']);
  const bounds = { min: 0, max: TIME_WINDOW_MAX_ms, integer: true };
  for (const side of ['maxAge_ms', 'maxAhead_ms'] as const) {
    if (window[side] !== undefined) checkNumber(problems, `timeWindow.${side}`, window[side], bounds);
  }
}

/** Refuses a definition that is not sane, with all problems at once. */
function checkDefinition(definition: SeriesDefinition): void {
  const { physicalRange, expectedInterval_ms, timeWindow, csv } = definition;
  const problems = new Problems();
  checkSeriesKey(problems, 'seriesKey', definition.seriesKey);
  checkIdentifier(problems, 'sourceId', definition.sourceId);
  checkLocalizedText(problems, 'name', definition.name);
  checkText(problems, 'unitOfMeasure', definition.unitOfMeasure, { max: UNIT_OF_MEASURE_LENGTH_MAX });
  if (physicalRange !== undefined) checkPhysicalRange(problems, physicalRange);
  if (expectedInterval_ms !== undefined) {
    const bounds = { min: 1, max: EXPECTED_INTERVAL_MAX_ms, integer: true };
    checkNumber(problems, 'expectedInterval_ms', expectedInterval_ms, bounds);
  }
  if (timeWindow !== undefined) checkTimeWindow(problems, timeWindow);
  if (csv !== undefined) checkCsvMapping(problems, 'csv', csv);
  problems.refuse('SERIES.INVALID', 'The series');
}

const SUBJECT: Subject = { model: 'SERIES', noun: 'series', remedy: 'register it first' };

function requireKnown(state: SeriesState, seriesKey: string): void {
  requireAddressee(SUBJECT, seriesKey, state.definition?.seriesKey);
}

function requireRegistered(state: SeriesState, seriesKey: string): void {
  requireKnown(state, seriesKey);
  if (state.status === 'retired') {
    throw conflict('SERIES.RETIRED', `The series ${seriesKey} is retired; register another key.`);
  }
}

function register(command: Command<'RegisterSeries'>, state: SeriesState): readonly SeriesEvent[] {
  const definition = definitionOf(command);
  checkDefinition(definition);
  if (state.status === 'none') return [{ type: 'SeriesRegistered', data: definition }];
  requireRegistered(state, command.seriesKey);
  if (sameContent(state.definition, definition)) return [];
  throw conflict(
    'SERIES.ALREADY_REGISTERED',
    `There is a series ${command.seriesKey} already, with another definition; change it or choose another key.`,
  );
}

function change(command: Command<'ChangeSeries'>, state: SeriesState): readonly SeriesEvent[] {
  const definition = definitionOf(command);
  checkDefinition(definition);
  requireRegistered(state, command.seriesKey);
  if (sameContent(state.definition, definition)) return [];
  if (state.definition?.sourceId !== definition.sourceId) {
    throw conflict(
      'SERIES.OTHER_SOURCE',
      `The series ${command.seriesKey} belongs to the source ${state.definition?.sourceId}; retire it and register another key.`,
    );
  }
  return [{ type: 'SeriesChanged', data: definition }];
}

function retire(command: Command<'RetireSeries'>, state: SeriesState): readonly SeriesEvent[] {
  requireKnown(state, command.seriesKey);
  return state.status === 'retired' ? [] : [{ type: 'SeriesRetired', data: { seriesKey: command.seriesKey } }];
}

function decide(command: SeriesCommand, state: SeriesState): readonly SeriesEvent[] {
  switch (command.type) {
    case 'RegisterSeries':
      return register(command, state);
    case 'ChangeSeries':
      return change(command, state);
    case 'RetireSeries':
      return retire(command, state);
    default:
      return assertNever(command);
  }
}

function evolve(state: SeriesState, event: SeriesEvent): SeriesState {
  switch (event.type) {
    case 'SeriesRegistered':
    case 'SeriesChanged':
      return { status: 'registered', definition: event.data };
    case 'SeriesRetired':
      return { ...state, status: 'retired' };
    default:
      return assertNever(event);
  }
}

/** What is known about a time series before its first observation, and by what its observations are judged. */
export const seriesDecider: Decider<SeriesCommand, SeriesState, SeriesEvent> = {
  initialState: { status: 'none' },
  decide,
  evolve,
};
