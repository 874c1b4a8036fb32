import { neededInputs } from '#lib/analysis';
import { type KpiDefinition, type KpiState, measureProblems } from '#lib/domain';
import { type ViewDatabase } from '#lib/read-models';
import { type SeriesIndex } from '../observations/series-index.js';
import { stateAt } from '../records/state-at.js';

/** Which KPIs measure which series; in memory, because every batch of observations asks. */
export class KpiIndex {
  private readonly definitions = new Map<string, KpiDefinition>();
  private readonly byKey = new Map<string, Set<string>>();
  private readonly byPrefix = new Map<string, Set<string>>();
  /** Answers given before; emptied when a definition changes. */
  private readonly kpisOf = new Map<number, readonly string[]>();

  constructor(
    database: ViewDatabase,
    private readonly series: SeriesIndex,
  ) {
    const kpis = database.all<{ id: string }>(`SELECT DISTINCT id FROM record WHERE kind = 'kpi' ORDER BY id`);
    for (const { id } of kpis) {
      const definition = stateAt<KpiState>(database, 'kpi', id, Number.MAX_SAFE_INTEGER)?.definition;
      // The records let none in that cannot be read; should one be there all the same, the others must not stand still for it.
      if (definition && measureProblems(definition.measure).length === 0) this.define(definition);
    }
  }

  get kpiIds(): IterableIterator<string> {
    return this.definitions.keys();
  }

  definitionOf(kpiId: string): KpiDefinition | undefined {
    return this.definitions.get(kpiId);
  }

  /** True when figures have to be computed anew: the definition is new, or measures something else or by other periods. */
  define(definition: KpiDefinition): boolean {
    const { kpiId } = definition;
    const before = this.definitions.get(kpiId);
    if (before === definition) return false;
    for (const name of before ? seriesNamesOf(before) : []) this.holderOf(name).delete(kpiId);
    for (const name of seriesNamesOf(definition)) this.holderOf(name).add(kpiId);
    this.definitions.set(kpiId, definition);
    this.kpisOf.clear();
    return before === undefined || figureBasis(before) !== figureBasis(definition);
  }

  /** Ids of the KPIs that measure a series, by its key or a prefix of it. */
  kpisOfSeries(seriesId: number): readonly string[] {
    const known = this.kpisOf.get(seriesId);
    if (known) return known;
    const key = this.series.keyOf(seriesId);
    const found = new Set(this.byKey.get(key));
    for (const [prefix, kpiIds] of this.byPrefix) {
      if (key.startsWith(prefix)) for (const kpiId of kpiIds) found.add(kpiId);
    }
    const kpiIds = [...found];
    this.kpisOf.set(seriesId, kpiIds);
    return kpiIds;
  }

  private holderOf(name: string): Set<string> {
    const [map, key] = name.endsWith('*') ? [this.byPrefix, name.slice(0, -1)] : [this.byKey, name];
    const held = map.get(key) ?? new Set<string>();
    map.set(key, held);
    return held;
  }
}

function figureBasis({ measure, period }: KpiDefinition): string {
  return JSON.stringify([measure, period]);
}

/** Series keys and prefixes that a KPI's measure reads. */
export function seriesNamesOf({ measure }: Pick<KpiDefinition, 'measure'>): string[] {
  return [...new Set(neededInputs(measure).flatMap((input) => input.series))];
}
