import { isObject } from '../checks/content.js';
import { isTimeZone } from '../checks/dates.js';
import { checkKnownFields, checkOneOf, checkText } from '../checks/fields.js';
import { type Problems } from '../checks/problems.js';
import { CSV_NAME_LENGTH_MAX, CSV_WHERE_COLUMNS_MAX } from '../limits.js';

const TIME_PARTS_NEEDED = ['year', 'month', 'day'] as const;
const TIME_PARTS = [...TIME_PARTS_NEEDED, 'hour', 'minute'] as const;
/** Both ways to say where the time stands, for whoever used neither. */
export const CSV_TIME_FORMS =
  'write {"column":"when","format":"rfc3339"} (or local, or epoch-ms) for one column, ' +
  'or {"year":"y","month":"m","day":"d","hour":"h"} for columns of its parts (hour and minute may be left out)';
const TIME_FORMATS = ['rfc3339', 'local', 'epoch-ms'];

/** Adds what is wrong with a CSV mapping, see `CsvMapping`. Fields are named from `where` on. */
export function checkCsvMapping(problems: Problems, where: string, value: unknown): void {
  if (!isObject(value)) return problems.add(where, 'is not a CSV mapping');
  checkKnownFields(problems, where, value, ['time', 'timeZone', 'valueColumn', 'where']);
  const timeColumns = checkTime(problems, `${where}.time`, value['time']);
  checkText(problems, `${where}.valueColumn`, value['valueColumn'], { max: CSV_NAME_LENGTH_MAX });
  if (timeColumns.includes(value['valueColumn'])) {
    problems.add(`${where}.valueColumn`, 'is the column that holds the time');
  }
  if (value['timeZone'] !== undefined && !isTimeZone(value['timeZone'])) {
    problems.add(`${where}.timeZone`, 'is not an IANA time zone such as Asia/Shanghai');
  }
  if (value['where'] !== undefined) checkWhere(problems, `${where}.where`, value['where']);
}

/** Answers the columns that make the time. */
function checkTime(problems: Problems, where: string, time: unknown): readonly unknown[] {
  if (!isObject(time)) {
    problems.add(where, `${time === undefined ? 'is missing' : 'is no object'}: ${CSV_TIME_FORMS}`);
    return [];
  }
  if (time['column'] !== undefined) {
    checkKnownFields(problems, where, time, ['column', 'format']);
    checkText(problems, `${where}.column`, time['column'], { max: CSV_NAME_LENGTH_MAX });
    checkOneOf(problems, `${where}.format`, time['format'], TIME_FORMATS);
    return [time['column']];
  }
  checkKnownFields(problems, where, time, TIME_PARTS);
  const parts = TIME_PARTS.filter(
    (part) => time[part] !== undefined || TIME_PARTS_NEEDED.some((need) => need === part),
  );
  for (const part of parts) checkText(problems, `${where}.${part}`, time[part], { max: CSV_NAME_LENGTH_MAX });
  const columns = parts.map((part) => time[part]);
  if (new Set(columns).size < columns.length) problems.add(where, 'names the same column for two parts of the time');
  if (time['minute'] !== undefined && time['hour'] === undefined)
    problems.add(`${where}.hour`, 'is missing: minutes need it');
  return columns;
}

function checkWhere(problems: Problems, where: string, value: unknown): void {
  if (!isObject(value)) return problems.add(where, 'is not an object of column and text');
  const columns = Object.entries(value);
  if (columns.length > CSV_WHERE_COLUMNS_MAX) problems.add(where, `has more than ${CSV_WHERE_COLUMNS_MAX} columns`);
  for (const [column, text] of columns) {
    checkText(problems, `${where} (column name)`, column, { max: CSV_NAME_LENGTH_MAX });
    // An empty cell is a legitimate choice, so the text may be empty.
    checkText(problems, `${where}.${column}`, text, { min: 0, max: CSV_NAME_LENGTH_MAX });
  }
}
