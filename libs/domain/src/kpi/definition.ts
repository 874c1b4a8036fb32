import { plain } from '../checks/content.js';
import { checkIdentifier, checkLocalizedText, checkNumber, checkOneOf, checkText } from '../checks/fields.js';
import { type Problems } from '../checks/problems.js';
import {
  KPI_DECIMALS_MAX,
  KPI_STALE_AFTER_MAX_days,
  TEXT_LENGTH_MAX,
  UNIT_OF_MEASURE_LENGTH_MAX,
  UNIT_WEIGHT_SUM_percent,
} from '../limits.js';
import { type KpiDefinition } from './kpi.events.js';
import { checkMeasure } from './measure.js';

/** The fields of a definition, and nothing else that a command may carry. */
export function definitionOf(command: KpiDefinition): KpiDefinition {
  const { kpiId, unitId, goalId, name, description, ownerId, direction, measure, period, unitOfMeasure } = command;
  const { decimals, horizon, weight, dataSource, limitations, staleAfter_days, trajectory } = command;
  const identity = { kpiId, unitId, goalId, name, description, ownerId };
  const figure = { direction, measure, period, unitOfMeasure, decimals, horizon, weight };
  return plain({ ...identity, ...figure, dataSource, limitations, staleAfter_days, trajectory });
}

/**
 * Adds what is wrong with a definition. A draft may still lack what activation asks for (goal, description, unit of
 * measure, data source: see `smartFindings`), but what it has must be valid.
 */
export function checkDefinition(problems: Problems, definition: KpiDefinition): void {
  const { goalId, description, dataSource, limitations, staleAfter_days } = definition;
  checkIdentifier(problems, 'kpiId', definition.kpiId);
  checkIdentifier(problems, 'unitId', definition.unitId);
  if (goalId !== undefined) checkIdentifier(problems, 'goalId', goalId);
  checkIdentifier(problems, 'ownerId', definition.ownerId);
  checkLocalizedText(problems, 'name', definition.name);
  for (const [field, text] of Object.entries({ description, dataSource, limitations })) {
    if (text !== undefined) checkLocalizedText(problems, field, text, TEXT_LENGTH_MAX);
  }
  checkMeasure(problems, 'measure', definition.measure);
  checkOneOf(problems, 'period', definition.period, ['month', 'quarter', 'year', 'fiscal-year']);
  checkText(problems, 'unitOfMeasure', definition.unitOfMeasure, { min: 0, max: UNIT_OF_MEASURE_LENGTH_MAX });
  checkNumber(problems, 'decimals', definition.decimals, { min: 0, max: KPI_DECIMALS_MAX, integer: true });
  checkOneOf(problems, 'horizon', definition.horizon, ['short', 'long']);
  checkNumber(problems, 'weight', definition.weight, { above: 0, max: UNIT_WEIGHT_SUM_percent });
  if (staleAfter_days !== undefined) {
    const bounds = { min: 1, max: KPI_STALE_AFTER_MAX_days, integer: true };
    checkNumber(problems, 'staleAfter_days', staleAfter_days, bounds);
  }
  checkOneOf(problems, 'direction', definition.direction, ['up', 'down', 'range']);
  checkOneOf(problems, 'trajectory', definition.trajectory, ['linear', 'geometric']);
  if (definition.direction === 'range' && definition.trajectory === 'geometric') {
    problems.add('trajectory', 'must be linear for a range: growth rates lead to one value, not to two bounds');
  }
}
