import type { Verdict } from './wire.js';

/** How often a request that met a passing trouble is tried in all. */
const ATTEMPTS_MAX = 8;
/** First and longest pause between attempts; the server's `Retry-After` wins where it says one. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** How long `waitForViews` waits for a position. */
const VIEWS_TIMEOUT_MS = 60_000;
const VIEWS_POLL_MS = 20;

/** An answer that is not 2xx, with the problem document (RFC 9457) that came with it. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly body: unknown,
  ) {
    super(message);
  }
}

/** What a command answers: whose log position the caller may wait for. */
export interface CommandAnswer {
  readonly id: string;
  readonly position: string;
  readonly revision: string | number;
}

export interface SendOptions {
  readonly contentType?: string;
  readonly idempotencyKey?: string;
  /** 1 to fail at the first trouble. */
  readonly attempts?: number;
}

/** A small client of the public doors: what a customer's script would do, and no more. */
export class Client {
  constructor(
    readonly url: string,
    readonly token?: string,
  ) {}

  /** The same system in the name of another person or source. */
  as(token: string): Client {
    return new Client(this.url, token);
  }

  /** The same caller at another address, for example after a restart. */
  at(url: string): Client {
    return new Client(url, this.token);
  }

  async get<T>(path: string, query: Readonly<Record<string, string | number | undefined>> = {}): Promise<T> {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
    const search = parameters.size > 0 ? `?${parameters.toString()}` : '';
    return (await this.request('GET', path + search)) as T;
  }

  /** Every item of a paged list, page after page. */
  async getAll<Item>(path: string, query: Readonly<Record<string, string | number>> = {}): Promise<Item[]> {
    const items: Item[] = [];
    let cursor: string | undefined;
    do {
      const page: { items: Item[]; nextCursor?: string } = await this.get(path, { limit: 500, ...query, cursor });
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return items;
  }

  /** A command. With an `idempotencyKey` it may be sent again after a crash: it takes effect once. */
  async post<T = CommandAnswer>(
    path: string,
    body: unknown = {},
    options: Pick<SendOptions, 'idempotencyKey'> = {},
  ): Promise<T> {
    const sent = { ...options, body: JSON.stringify(body), contentType: 'application/json' };
    return (await this.request('POST', path, sent)) as T;
  }

  /** Redeems the one-time token and answers a client for the first administrator. */
  async bootstrap(oneTimeToken: string, personId: string): Promise<Client> {
    const answer = await this.post<{ token: string }>('/v1/bootstrap', { token: oneTimeToken, personId });
    return this.as(answer.token);
  }

  /** Registers a person with one token and answers a client in that person's name. */
  async registerPerson(personId: string, role: string, unitId?: string): Promise<Client> {
    await this.post('/v1/people', { personId, role, ...(unitId === undefined ? {} : { unitId }) });
    const { token } = await this.post<{ token: string }>(`/v1/people/${personId}/tokens`, {});
    return this.as(token);
  }

  /** Registers a source with one key and answers a client that sends in its name. */
  async registerSource(sourceId: string, name: { readonly en?: string; readonly 'zh-CN'?: string }): Promise<Client> {
    await this.post('/v1/sources', { sourceId, name });
    const { key } = await this.post<{ key: string }>(`/v1/sources/${sourceId}/keys`, {});
    return this.as(key);
  }

  /** Registers series, up to 1,000 in one request. */
  async registerSeries(series: readonly object[]): Promise<void> {
    const perRequest = 1_000;
    for (let start = 0; start < series.length; start += perRequest) {
      await this.post('/v1/series/batch', { series: series.slice(start, start + perRequest) });
    }
  }

  /**
   * Sends observations. A 429 or 503 and a broken connection are tried again (with the server's `Retry-After`, else with
   * growing pauses), a bounded number of times; repeating is safe because the same observation twice changes nothing.
   */
  async sendObservations(body: string | Buffer | object, options: SendOptions = {}): Promise<Verdict> {
    const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const contentType = options.contentType ?? 'application/json';
    return (await this.request('POST', '/v1/observations', { ...options, body: text, contentType })) as Verdict;
  }

  /** Waits until every view has seen the log up to `position` (decimal text). Needs admin, auditor or data steward. */
  async waitForViews(position: string, timeout_ms: number = VIEWS_TIMEOUT_MS): Promise<void> {
    const deadline = performance.now() + timeout_ms;
    for (;;) {
      const lag = await this.get<{ position: string }>('/v1/views');
      if (BigInt(lag.position) >= BigInt(position)) return;
      if (performance.now() > deadline) {
        throw new Error(`the views stand at ${lag.position}, not at ${position}, after ${timeout_ms} ms`);
      }
      await pause(VIEWS_POLL_MS);
    }
  }

  private async request(
    method: string,
    path: string,
    options: SendOptions & { body?: string | Buffer } = {},
  ): Promise<unknown> {
    const attempts = options.attempts ?? ATTEMPTS_MAX;
    for (let attempt = 1; ; attempt += 1) {
      const last = attempt >= attempts;
      let response: Response;
      try {
        response = await this.fetchOnce(method, path, options);
      } catch (error) {
        if (last || (method !== 'GET' && path !== '/v1/observations')) throw error;
        await pause(pauseBefore(attempt, null));
        continue;
      }
      const passing = response.status === 503 || response.status === 429;
      if (!passing || last) return await answerOf(response, `${method} ${path}`);
      await response.arrayBuffer();
      await pause(pauseBefore(attempt, response.headers.get('retry-after')));
    }
  }

  private fetchOnce(
    method: string,
    path: string,
    options: SendOptions & { body?: string | Buffer },
  ): Promise<Response> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (this.token !== undefined) headers['authorization'] = `Bearer ${this.token}`;
    if (options.contentType !== undefined) headers['content-type'] = options.contentType;
    if (options.idempotencyKey !== undefined) headers['idempotency-key'] = `"${options.idempotencyKey}"`;
    return fetch(this.url + path, { method, headers, body: options.body as BodyInit | undefined });
  }
}

async function answerOf(response: Response, what: string): Promise<unknown> {
  const text = await response.text();
  const body: unknown = text === '' ? null : parsed(text);
  if (response.ok) return body;
  const problem = (typeof body === 'object' && body !== null ? body : {}) as { code?: string };
  throw new HttpProblem(response.status, problem.code ?? '', `${what} answered ${response.status}: ${text}`, body);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Exponential with a cap; no jitter, because these callers are few and their runs should be repeatable. */
function pauseBefore(attempt: number, retryAfter: string | null): number {
  const asked_ms = retryAfter === null ? NaN : Number(retryAfter) * 1_000;
  if (Number.isFinite(asked_ms)) return Math.min(asked_ms, LONGEST_PAUSE_MS);
  return Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
}

const pause = (delay_ms: number): Promise<void> => new Promise((done) => setTimeout(done, delay_ms));
