/** Longest name or title, in UTF-16 code units. */
export const NAME_LENGTH_MAX = 200;
/** Longest description, reason, note, conclusion or part of a finding, in UTF-16 code units. */
export const TEXT_LENGTH_MAX = 4_000;
/** Shortest reason, in UTF-16 code units without outer blanks: long enough to refuse "ok", short enough for Chinese. */
export const REASON_LENGTH_MIN = 5;
/** Longest unit of measure, in UTF-16 code units. */
export const UNIT_OF_MEASURE_LENGTH_MAX = 64;

/** Most active KPIs of one unit; a sixth dilutes the focus and is refused. */
export const UNIT_KPIS_MAX = 5;
/** Fewest active KPIs of one unit before a warning is due. */
export const UNIT_KPIS_MIN = 3;
/** What the weights of a unit's KPIs should add up to. */
export const UNIT_WEIGHT_SUM_percent = 100;

/** Most series keys or prefixes in one measure (or in one side of a ratio). */
export const MEASURE_SERIES_MAX = 1_000;
/** Most decimals that a figure may be shown with. */
export const KPI_DECIMALS_MAX = 10;
/** Longest time after which a KPI's value may count as stale, in days (ten years). */
export const KPI_STALE_AFTER_MAX_days = 3_660;
/** Most changes of one kind (target, method) of one KPI that may wait for a decision at a time. */
export const KPI_OPEN_CHANGES_MAX = 10;
/** How far back, from the day of the proposal, a changed target or method may take effect, in days (one leap year). */
export const CHANGE_RETROACTIVE_MAX_days = 366;

/** Most items on a review's agenda. */
export const REVIEW_AGENDA_MAX = 1_000;
/** Most findings of one review. */
export const REVIEW_FINDINGS_MAX = 200;
/** Most effect checks of one action (one a period). */
export const ACTION_CHECKS_MAX = 100;

/** Most keys of a source, or tokens of a person, that may be valid at a time. */
export const VALID_KEYS_MAX = 20;

/** Longest column name or cell text in a CSV mapping, in UTF-16 code units. */
export const CSV_NAME_LENGTH_MAX = 200;
/** Most columns by which a CSV mapping chooses rows. */
export const CSV_WHERE_COLUMNS_MAX = 20;
/** Longest expected interval between two values of a series, in milliseconds (366 days). */
export const EXPECTED_INTERVAL_MAX_ms = 366 * 86_400_000;
/** Widest time window of a series on either side, in milliseconds (200 years: archives are sources too). */
export const TIME_WINDOW_MAX_ms = 200 * 366 * 86_400_000;
