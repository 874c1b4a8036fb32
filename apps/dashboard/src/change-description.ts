/** One field that a decision changed; null on a side: it was not there. */
export interface FieldChange {
  /** Dotted path inside the changed part of the subject, for example `range.low`. */
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** A definition has some twenty fields; nesting deeper than this is shown as its JSON text. */
const NESTING_MAX = 4;

/** The fields in which two states differ, in the order of the later state, then those that vanished. */
export function describeChange(before: unknown, after: unknown): FieldChange[] {
  const old = fieldsOf(before);
  const fresh = fieldsOf(after);
  const names = [...fresh.keys(), ...[...old.keys()].filter((name) => !fresh.has(name))];
  return names
    .map((field) => ({ field, before: old.get(field) ?? null, after: fresh.get(field) ?? null }))
    .filter((change) => change.before !== change.after);
}

function fieldsOf(value: unknown): Map<string, string> {
  const fields = new Map<string, string>();
  collect(value, '', 0, fields);
  return fields;
}

function collect(value: unknown, path: string, depth: number, fields: Map<string, string>): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) {
    fields.set(path, value.join(', '));
    return;
  }
  if (typeof value !== 'object' || depth === NESTING_MAX) {
    fields.set(path, typeof value === 'object' ? JSON.stringify(value) : String(value));
    return;
  }
  for (const [key, part] of Object.entries(value))
    collect(part, path === '' ? key : `${path}.${key}`, depth + 1, fields);
}
