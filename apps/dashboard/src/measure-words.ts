import { formatPlain } from './format.js';
import { type Speech } from './headline.js';
import { type Measure, type RatioPart } from './wire.js';

/** What is measured, as a sentence a citizen can check: "Share of observations above 200, in percent". */
export function measureText(measure: Measure, { messages, language }: Speech): string {
  const plain = (value: number) => formatPlain(value, language);
  const part = (ratio: RatioPart) => messages.ofSeries(messages.statistics[ratio.statistic], ratio.series.join(' + '));
  switch (measure.kind) {
    case 'statistic':
      return messages.statistics[measure.statistic];
    case 'percentile':
      return messages.measurePercentile(plain(measure.percentile));
    case 'share':
      return messages.measureShare(messages.comparisons[measure.comparison], plain(measure.threshold));
    case 'days':
      return messages.measureDays(
        messages.statistics[measure.dayStatistic],
        messages.comparisons[measure.comparison],
        plain(measure.threshold),
        plain(measure.minimumObservations),
      );
    case 'ratio': {
      const words = measure.complement ? messages.measureComplement : messages.measureRatio;
      return words(plain(measure.scale), part(measure.numerator), part(measure.denominator));
    }
  }
}

/** All series keys that go into the measure, each once. */
export function measureSeries(measure: Measure): string[] {
  if (measure.kind !== 'ratio') return [...new Set(measure.series)];
  return [...new Set([...measure.numerator.series, ...measure.denominator.series])];
}
