/** The numbers of the kinds of events (category of the stream, and type). They are few, and for ever. */
import type { Connection, Question } from './connection.js';
import { categoryOf } from './stored-text.js';

interface NamedEvent {
  readonly stream: string;
  readonly type: string;
}

// No name has a line feed in it.
const keyOf = (category: string, type: string): string => `${category}\n${type}`;

export class KindIds {
  readonly #ids = new Map<string, number>();
  readonly #add: Question;
  readonly #find: Question;

  /** @param schema quoted */
  constructor(schema: string) {
    this.#add = {
      name: 'add_kinds',
      text: `INSERT INTO ${schema}.kinds (category, type) SELECT * FROM unnest($1::text[], $2::text[])
        ON CONFLICT DO NOTHING`,
    };
    this.#find = {
      name: 'find_kinds',
      text: `SELECT k.id, k.category, k.type FROM unnest($1::text[], $2::text[]) w (category, type)
        JOIN ${schema}.kinds k ON k.category = w.category AND k.type = w.type`,
    };
  }

  /** Another server may have taken over, and lack what the old one had not yet told it. */
  forget(): void {
    this.#ids.clear();
  }

  /** Makes sure that every kind has a number. New ones get it in a transaction of their own, before their events. */
  async learn(connection: Connection, events: Iterable<NamedEvent>): Promise<void> {
    const missing = new Map<string, readonly [category: string, type: string]>();
    for (const { stream, type } of events) {
      const category = categoryOf(stream);
      const key = keyOf(category, type);
      if (!this.#ids.has(key)) missing.set(key, [category, type]);
    }
    if (missing.size === 0) return;
    const kinds = [...missing.values()];
    const values = [kinds.map(([category]) => category), kinds.map(([, type]) => type)];
    await connection.ask(this.#add, values);
    const rows = await connection.ask<[number, string, string]>(this.#find, values);
    for (const [id, category, type] of rows) this.#ids.set(keyOf(category, type), id);
  }

  /** Of a kind that was learned. */
  of(stream: string, type: string): number {
    return this.#ids.get(keyOf(categoryOf(stream), type))!;
  }
}
