/** How texts of events stand in PostgreSQL, which cannot hold U+0000 and lone surrogates in a text. */
import { DATA_PLAIN, DATA_QUOTED } from './schema.js';

/** ES2024; Node has it since version 20, the types of our target do not. */
interface WellFormedness {
  isWellFormed(): boolean;
}

export interface StoredText {
  readonly text: string;
  readonly form: number;
}

export function storedText(data: string): StoredText {
  const isPlain = !data.includes('\u0000') && (data as unknown as WellFormedness).isWellFormed();
  // JSON.stringify escapes both, and JSON.parse gives back exactly what was there.
  return isPlain ? { text: data, form: DATA_PLAIN } : { text: JSON.stringify(data), form: DATA_QUOTED };
}

export const originalText = (text: string, form: number): string =>
  form === DATA_QUOTED ? (JSON.parse(text) as string) : text;

/** The part of a stream's name that says what kind of thing it is about; empty when the name has no hyphen. */
export function categoryOf(stream: string): string {
  const end = stream.indexOf('-');
  return end < 0 ? '' : stream.slice(0, end);
}
