import { connect, type Socket } from 'node:net';

/** One answer, as far as a sender under load reads it. */
export interface LoadAnswer {
  readonly status: number;
  readonly body: string;
  /** Seconds that the server asks to wait; null when it does not say. */
  readonly retryAfter_s: number | null;
}

const HEAD_END = '\r\n\r\n';

/** A keep-alive connection that carries one request at a time. */
export class LoadConnection {
  private rest = '';
  private isConnected = false;
  private onAnswer: ((answer: LoadAnswer | null) => void) | null = null;
  private readonly socket: Socket;

  /** @param onEnd called once, when the connection is over for whatever reason */
  constructor(port: number, onConnect: (connection: LoadConnection) => void, onEnd: (wasConnected: boolean) => void) {
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.socket.once('connect', () => {
      this.isConnected = true;
      onConnect(this);
    });
    this.socket.setEncoding('latin1').on('data', (text: string) => this.hear(text));
    this.socket.on('error', () => undefined);
    this.socket.once('close', () => {
      const waiting = this.onAnswer;
      this.onAnswer = null;
      waiting?.(null);
      onEnd(this.isConnected);
    });
  }

  /** @param onAnswer called once, with null when the connection ends without an answer */
  send(bytes: Buffer, onAnswer: (answer: LoadAnswer | null) => void): void {
    this.onAnswer = onAnswer;
    this.socket.write(bytes);
  }

  destroy(): void {
    this.socket.destroy();
  }

  private hear(text: string): void {
    this.rest = this.rest === '' ? text : this.rest + text;
    const headEnd = this.rest.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.rest.slice(0, headEnd).toLowerCase();
    const end = headEnd + HEAD_END.length + numberIn(head, 'content-length')!;
    if (this.rest.length < end) return;
    const answer = {
      status: Number(head.slice(9, 12)),
      body: this.rest.slice(headEnd + HEAD_END.length, end),
      retryAfter_s: numberIn(head, 'retry-after'),
    };
    this.rest = this.rest.slice(end);
    const waiting = this.onAnswer;
    this.onAnswer = null;
    waiting?.(answer);
  }
}

function numberIn(head: string, name: string): number | null {
  const at = head.indexOf(`\r\n${name}:`);
  return at < 0 ? null : Number.parseInt(head.slice(at + name.length + 3), 10);
}
