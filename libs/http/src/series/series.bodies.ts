import {
  CSV_NAME_LENGTH_MAX,
  CSV_TIME_FORMS,
  EXPECTED_INTERVAL_MAX_ms,
  TIME_WINDOW_MAX_ms,
  UNIT_OF_MEASURE_LENGTH_MAX,
  type CsvMapping,
  type CsvTimeFormat,
} from '#lib/domain';
import {
  ChoiceField,
  IdentifierField,
  NestedField,
  NestedListField,
  NumberField,
  SeriesKeyField,
  TextField,
  TextMapField,
} from '../fields/fields.js';
import { LocalizedNameBody } from '../fields/localized-text.js';

/** Most series in one batch. */
export const SERIES_PER_BATCH_MAX = 1000;

export class PhysicalRangeBody {
  @NumberField({ optional: true })
  min?: number;

  @NumberField({ optional: true })
  max?: number;
}

export class TimeWindowBody {
  @NumberField({ optional: true, integer: true, min: 0, max: TIME_WINDOW_MAX_ms })
  maxAge_ms?: number;

  @NumberField({ optional: true, integer: true, min: 0, max: TIME_WINDOW_MAX_ms })
  maxAhead_ms?: number;
}

/** Either one column and its format, or one column for each part of a wall time. */
export class CsvTimeBody {
  @TextField({ optional: true, max: CSV_NAME_LENGTH_MAX })
  column?: string;

  @ChoiceField(['rfc3339', 'local', 'epoch-ms'], { optional: true })
  format?: CsvTimeFormat;

  @TextField({ optional: true, max: CSV_NAME_LENGTH_MAX })
  year?: string;

  @TextField({ optional: true, max: CSV_NAME_LENGTH_MAX })
  month?: string;

  @TextField({ optional: true, max: CSV_NAME_LENGTH_MAX })
  day?: string;

  @TextField({ optional: true, max: CSV_NAME_LENGTH_MAX })
  hour?: string;

  @TextField({ optional: true, max: CSV_NAME_LENGTH_MAX })
  minute?: string;
}

export class CsvMappingBody {
  @NestedField(() => CsvTimeBody, { message: CSV_TIME_FORMS })
  time!: CsvMapping['time'];

  @TextField({ optional: true, max: CSV_NAME_LENGTH_MAX })
  timeZone?: string;

  @TextField({ max: CSV_NAME_LENGTH_MAX })
  valueColumn!: string;

  @TextMapField({ optional: true, description: 'Rows belong to the series when these columns hold these texts.' })
  where?: Record<string, string>;
}

export class SeriesBody {
  @SeriesKeyField()
  seriesKey!: string;

  @IdentifierField()
  sourceId!: string;

  @NestedField(() => LocalizedNameBody)
  name!: LocalizedNameBody;

  @TextField({ max: UNIT_OF_MEASURE_LENGTH_MAX })
  unitOfMeasure!: string;

  @NestedField(() => PhysicalRangeBody, { optional: true })
  physicalRange?: PhysicalRangeBody;

  @NumberField({ optional: true, integer: true, min: 1, max: EXPECTED_INTERVAL_MAX_ms })
  expectedInterval_ms?: number;

  @NestedField(() => TimeWindowBody, { optional: true })
  timeWindow?: TimeWindowBody;

  @NestedField(() => CsvMappingBody, { optional: true })
  csv?: CsvMappingBody;
}

export class SeriesBatchBody {
  @NestedListField(() => SeriesBody, { max: SERIES_PER_BATCH_MAX })
  series!: SeriesBody[];
}

export class RetireSeriesBody {
  @SeriesKeyField()
  seriesKey!: string;
}
