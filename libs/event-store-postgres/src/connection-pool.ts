/** A few connections for reading. A question waits for a free one; each connection has at most one question. */
import { Connection, type ConnectionOptions, type Question } from './connection.js';

export class ConnectionPool {
  readonly #all: readonly Connection[];
  readonly #free: Connection[];
  readonly #waiting: ((connection: Connection) => void)[] = [];

  constructor(options: ConnectionOptions, connections: number) {
    this.#all = Array.from({ length: connections }, () => new Connection(options));
    this.#free = [...this.#all];
  }

  async ask<Row extends unknown[]>(question: Question, values: readonly unknown[]): Promise<Row[]> {
    // The last one given back is the next one taken: with little to do, few connections are ever opened.
    const connection = this.#free.pop() ?? (await new Promise<Connection>((resolve) => this.#waiting.push(resolve)));
    try {
      return await connection.ask<Row>(question, values);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(connection);
      else this.#free.push(connection);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((connection) => connection.close()));
  }
}
