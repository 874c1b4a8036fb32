/** A JSON value as it was written: numbers as text, members in order, equal keys kept. */
export type LosslessJson =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'word'; readonly text: 'true' | 'false' | 'null' }
  | { readonly kind: 'list'; readonly items: readonly Located[] }
  | { readonly kind: 'object'; readonly members: readonly { readonly key: string; readonly value: Located }[] };

/** A value and the characters it was written with. */
export interface Located {
  readonly value: LosslessJson;
  readonly written: string;
}

/**
 * Reads JSON without losing anything. A second opinion beside the door's own readers: it shares no code with them.
 * `JSON.parse` judges the grammar first; what remains here is to keep what it would throw away.
 *
 * @returns null when the text is no JSON
 */
export function readLosslessly(text: string): Located | null {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  return new LosslessReader(text).read();
}

const TOKEN = /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\]|\\.)*")|([^ \t\n\r{}[\],:"]+))/sy;

class LosslessReader {
  private at = 0;

  constructor(private readonly text: string) {}

  read(): Located {
    const token = this.next();
    const start = this.at - token.length;
    const value = this.valueFrom(token);
    return { value, written: this.text.slice(start, this.at) };
  }

  private valueFrom(token: string): LosslessJson {
    if (token === '{') return { kind: 'object', members: this.members() };
    if (token === '[') return { kind: 'list', items: this.items() };
    if (token.startsWith('"')) return { kind: 'text', text: JSON.parse(token) as string };
    if (token === 'true' || token === 'false' || token === 'null') return { kind: 'word', text: token };
    return { kind: 'number', text: token };
  }

  private members(): { key: string; value: Located }[] {
    const members: { key: string; value: Located }[] = [];
    for (let token = this.next(); token !== '}'; token = this.next()) {
      if (token === ',') continue;
      const key = JSON.parse(token) as string;
      this.next();
      members.push({ key, value: this.read() });
    }
    return members;
  }

  private items(): Located[] {
    const items: Located[] = [];
    for (;;) {
      const before = this.at;
      const token = this.next();
      if (token === ']') return items;
      if (token === ',') continue;
      this.at = before;
      items.push(this.read());
    }
  }

  private next(): string {
    TOKEN.lastIndex = this.at;
    const match = TOKEN.exec(this.text);
    if (match === null) throw new Error(`JSON.parse took what this reader does not know, at ${this.at}`);
    this.at = TOKEN.lastIndex;
    return (match[1] ?? match[2] ?? match[3])!;
  }
}
