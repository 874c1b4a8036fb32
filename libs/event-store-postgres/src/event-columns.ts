/**
 * Events as the array parameters of `append_group` and `place_events`. All metadata and data go in one buffer with offsets:
 * as an array of texts, every quotation mark of the JSON would be escaped here and unescaped there.
 */
import type { StoredText } from './stored-text.js';

export interface ColumnsOfEvent {
  readonly id: string;
  readonly schemaVersion: number;
  readonly stored: StoredText;
  readonly metadata: string;
}

export const arrayOf = (words: readonly (string | number | bigint)[]): string => `{${words.join()}}`;

export class EventColumns {
  readonly #streams: number[] = [];
  readonly #places: (number | bigint)[] = [];
  readonly #kinds: number[] = [];
  readonly #versions: number[] = [];
  readonly #ids: string[] = [];
  readonly #forms: number[] = [];
  readonly #metadataStarts: number[] = [];
  readonly #dataStarts: number[] = [];
  readonly #dataEnds: number[] = [];
  readonly #texts: string[] = [];
  #size_bytes = 0;

  /**
   * @param stream its index among the streams, from 1 as SQL counts
   * @param place where the event stands in its stream: its revision, or counted from the stream's last event
   */
  add(event: ColumnsOfEvent, stream: number, place: number | bigint, kind: number): void {
    this.#streams.push(stream);
    this.#places.push(place);
    this.#kinds.push(kind);
    this.#versions.push(event.schemaVersion);
    this.#ids.push(event.id);
    this.#forms.push(event.stored.form);
    this.#metadataStarts.push(this.#addText(event.metadata));
    this.#dataStarts.push(this.#addText(event.stored.text));
    this.#dataEnds.push(this.#size_bytes + 1);
  }

  /** @returns where it starts, counted from 1 */
  #addText(text: string): number {
    const start = this.#size_bytes + 1;
    this.#texts.push(text);
    this.#size_bytes += Buffer.byteLength(text);
    return start;
  }

  /** In the order of the parameters from `event_streams` on. */
  parameters(): unknown[] {
    const payload = Buffer.allocUnsafe(this.#size_bytes);
    let at = 0;
    for (const text of this.#texts) at += payload.write(text, at);
    const offsets = [this.#metadataStarts, this.#dataStarts, this.#dataEnds].map(arrayOf);
    return [
      arrayOf(this.#streams),
      arrayOf(this.#places),
      arrayOf(this.#kinds),
      arrayOf(this.#versions),
      arrayOf(this.#ids),
      arrayOf(this.#forms),
      ...offsets,
      payload,
    ];
  }
}
