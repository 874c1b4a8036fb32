const HEAD_END = Buffer.from('\r\n\r\n');

/** A response as far as a load generator needs it. */
export type OnResponse = (status: number, body: Buffer) => void;

/**
 * Cuts a byte stream into HTTP/1.1 responses with a Content-Length. It reads nothing else: a chunked answer is an error,
 * because a load generator that guesses would measure its own mistakes.
 */
export class ResponseReader {
  private rest: Buffer = Buffer.alloc(0);

  constructor(private readonly onResponse: OnResponse) {}

  push(chunk: Buffer): void {
    let bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    for (;;) {
      const headEnd = bytes.indexOf(HEAD_END);
      if (headEnd < 0) break;
      const head = bytes.toString('latin1', 0, headEnd).toLowerCase();
      const end = headEnd + HEAD_END.length + contentLength(head);
      if (bytes.length < end) break;
      this.onResponse(Number(head.slice(9, 12)), bytes.subarray(headEnd + HEAD_END.length, end));
      bytes = bytes.subarray(end);
    }
    this.rest = bytes;
  }
}

function contentLength(head: string): number {
  const at = head.indexOf('\r\ncontent-length:');
  if (at >= 0) return Number.parseInt(head.slice(at + 17), 10);
  const status = head.slice(9, 12);
  if (status === '204' || status === '304') return 0;
  throw new Error(`a response without Content-Length: ${head.slice(0, 200)}`);
}
