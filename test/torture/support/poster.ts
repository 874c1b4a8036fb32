import { Agent, request as httpRequest } from 'node:http';

/** An answer with its body read as JSON, or null: the connection broke before the whole answer was there. */
export type Posted = { readonly status: number; readonly body: Record<string, unknown> } | null;

const CONNECTIONS_MAX = 256;

/** Posts to one life of a system. A new life has another address and gets a new poster. */
export class Poster {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX });

  constructor(private readonly url: string) {}

  post(path: string, token: string, body: string, key: string | null): Promise<Posted> {
    return new Promise((resolve) => {
      const headers: Record<string, string | number> = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      };
      if (key !== null) headers['idempotency-key'] = `"${key}"`;
      const sent = httpRequest(this.url + path, { method: 'POST', agent: this.agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(response.complete ? answerOf(response.statusCode ?? 0, chunks) : null));
        response.on('error', () => resolve(null));
      });
      sent.on('error', () => resolve(null));
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

function answerOf(status: number, chunks: readonly Buffer[]): Posted {
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return { status, body: JSON.parse(text) as Record<string, unknown> };
  } catch {
    return { status, body: { text } };
  }
}
