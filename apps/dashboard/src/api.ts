import { type Messages } from './messages-en.js';
import { type Page, type Problem } from './wire.js';

/** A list is read whole up to this many pages of 500; a KPI page never needs more, and a runaway cursor ends here. */
const PAGES_MAX = 20;
const PAGE_LIMIT = 500;

/** A refusal or a broken connection, with a sentence for the reader. `status` is 0 when no answer came. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** @param detail the API's own words where `message` is not them: the API speaks English only */
  constructor(
    readonly status: number,
    message: string,
    readonly detail: string | null = null,
  ) {
    super(message);
  }
}

/** The HTTP API as the pages use it. Every method throws `ApiError`; without a session the browser goes to sign in. */
export class Api {
  constructor(private readonly messages: Messages) {}

  /** One answer of a query; parameters that are null are left out. */
  async get<Answer>(path: string, parameters: Readonly<Record<string, string | null>> = {}): Promise<Answer> {
    return (await this.request('GET', withQuery(path, parameters))) as Answer;
  }

  /** All items of a paged list, with the newest `asOf`. */
  async all<Item>(path: string, parameters: Readonly<Record<string, string | null>> = {}): Promise<Page<Item>> {
    const limit = String(PAGE_LIMIT);
    let page = await this.get<Page<Item>>(path, { ...parameters, limit });
    const items = [...page.items];
    for (let read = 1; page.nextCursor !== undefined && read < PAGES_MAX; read += 1) {
      page = await this.get<Page<Item>>(path, { ...parameters, limit, cursor: page.nextCursor });
      items.push(...page.items);
    }
    return { items, asOf: page.asOf };
  }

  /** A command or a change of session; the answer's JSON, or null where it has none. */
  async send<Answer>(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
    return (await this.request(method, path, body)) as Answer;
  }

  private async request(method: string, path: string, body?: unknown): Promise<unknown> {
    const headers: Record<string, string> = { accept: 'application/json, application/problem+json' };
    if (body !== undefined) headers['content-type'] = 'application/json';
    let response: Response;
    try {
      response = await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
    } catch {
      throw new ApiError(0, this.messages.notReachable);
    }
    const answer = await readJson(response);
    if (response.ok) return answer;
    throw problemError(response.status, (answer ?? {}) as Problem, this.messages);
  }
}

/** The reader's sentence for a problem: by its code where this language has one, else the API's own words. */
export function problemError(status: number, { code, detail, title }: Problem, messages: Messages): ApiError {
  const said = detail ?? title ?? null;
  const own = code !== undefined && Object.hasOwn(messages.problems, code) ? messages.problems[code] : undefined;
  if (own === undefined) return new ApiError(status, said ?? messages.refused(status));
  return new ApiError(status, own, said);
}

/** A path inside the API with its query; identifiers in the path must be encoded by the caller. */
export function withQuery(path: string, parameters: Readonly<Record<string, string | null>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== null) query.set(name, value);
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // A proxy's HTML page, for example: the status says enough.
    return null;
  }
}
