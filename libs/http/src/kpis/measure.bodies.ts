import { MEASURE_SERIES_MAX, type Comparison, type SimpleStatistic } from '#lib/domain';
import { ChoiceField, FlagField, NestedField, NumberField, SeriesListField } from '../fields/fields.js';

const STATISTICS: readonly SimpleStatistic[] = ['mean', 'sum', 'min', 'max', 'last', 'count'];
const COMPARISONS: readonly Comparison[] = ['above', 'at-or-above', 'below', 'at-or-below'];
const KINDS = ['statistic', 'percentile', 'share', 'days', 'ratio'] as const;

/** What is left to check when the kind is none of the known ones: the kind. */
export class UnknownMeasureBody {
  @ChoiceField(KINDS)
  kind!: string;
}

export class StatisticMeasureBody {
  @ChoiceField(['statistic'])
  kind!: 'statistic';

  @ChoiceField(STATISTICS)
  statistic!: SimpleStatistic;

  @SeriesListField({ max: MEASURE_SERIES_MAX })
  series!: string[];
}

export class PercentileMeasureBody {
  @ChoiceField(['percentile'])
  kind!: 'percentile';

  @NumberField({ min: 0, max: 100 })
  percentile!: number;

  @SeriesListField({ max: MEASURE_SERIES_MAX })
  series!: string[];
}

export class ShareMeasureBody {
  @ChoiceField(['share'])
  kind!: 'share';

  @ChoiceField(COMPARISONS)
  comparison!: Comparison;

  @NumberField()
  threshold!: number;

  @SeriesListField({ max: MEASURE_SERIES_MAX })
  series!: string[];
}

export class DaysMeasureBody {
  @ChoiceField(['days'])
  kind!: 'days';

  @ChoiceField(['mean', 'sum', 'min', 'max'])
  dayStatistic!: 'mean' | 'sum' | 'min' | 'max';

  @ChoiceField(COMPARISONS)
  comparison!: Comparison;

  @NumberField()
  threshold!: number;

  @NumberField({ integer: true, min: 1 })
  minimumObservations!: number;

  @SeriesListField({ max: MEASURE_SERIES_MAX })
  series!: string[];
}

export class RatioPartBody {
  @ChoiceField(STATISTICS)
  statistic!: SimpleStatistic;

  @SeriesListField({ max: MEASURE_SERIES_MAX })
  series!: string[];
}

export class RatioMeasureBody {
  @ChoiceField(['ratio'])
  kind!: 'ratio';

  @NestedField(() => RatioPartBody)
  numerator!: RatioPartBody;

  @NestedField(() => RatioPartBody)
  denominator!: RatioPartBody;

  @NumberField({ description: 'For example 100 for a percentage.' })
  scale!: number;

  @FlagField({ description: 'Answer with the rest to the whole: scale × (1 − numerator / denominator).' })
  complement!: boolean;
}

/** The request class of each kind of measure. */
export const MEASURE_BODIES = {
  statistic: StatisticMeasureBody,
  percentile: PercentileMeasureBody,
  share: ShareMeasureBody,
  days: DaysMeasureBody,
  ratio: RatioMeasureBody,
} as const satisfies Record<(typeof KINDS)[number], new () => object>;
