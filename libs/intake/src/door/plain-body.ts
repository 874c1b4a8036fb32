import { isUtf8 } from 'node:buffer';
import { gunzip } from 'node:zlib';
import { DoorError } from './door-error.js';
import { BODY_SIZE_MAX_bytes } from './door-request.js';

/**
 * The body's bytes as the sender wrote them: inflated, counted, valid UTF-8, without a byte order mark. Answers at once
 * (no promise) when there is nothing to inflate, because a turn of the event loop costs more than a small request.
 *
 * @throws DoorError
 */
export function plainBody(body: Buffer, contentEncoding: string | undefined): Buffer | Promise<Buffer> {
  if (body.length > BODY_SIZE_MAX_bytes) throw tooLarge();
  const coding = contentEncoding === undefined ? 'identity' : contentEncoding.trim().toLowerCase();
  if (coding === 'identity' || coding === '') return checkedText(body);
  if (coding === 'gzip' || coding === 'x-gzip') return inflated(body).then(checkedText);
  throw new DoorError(
    'unsupported-media-type',
    'UNSUPPORTED_CONTENT_ENCODING',
    `the content coding ${JSON.stringify(coding.slice(0, 40))} is not read here; send gzip or none`,
  );
}

/**
 * Bodies that are inflated at the same time, over all requests. Each may grow to the limit before anyone knows whether it
 * passes it, so a crowd of bombs would cost the crowd's size times the limit; two keep two processors busy.
 */
const INFLATING_MAX = 2;
/** Fewer and larger pieces than zlib's own 16 KiB: half the turns of the event loop for a batch of observations. */
const PIECE_SIZE_bytes = 64 * 1024;

let inflating = 0;
const waitingToInflate: (() => void)[] = [];

/** Its turn comes in the order of arrival; those who wait hold their small bytes only. */
async function inflated(body: Buffer): Promise<Buffer> {
  if (inflating >= INFLATING_MAX) await new Promise<void>((resolve) => waitingToInflate.push(resolve));
  else inflating += 1;
  try {
    return await inflatedNow(body);
  } finally {
    // The place is handed on, so that nobody who arrives now can take it first.
    const next = waitingToInflate.shift();
    if (next === undefined) inflating -= 1;
    else next();
  }
}

/** zlib inflates piece by piece in its own thread and gives up as soon as the limit is passed: a bomb is never unpacked. */
function inflatedNow(body: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gunzip(body, { maxOutputLength: BODY_SIZE_MAX_bytes, chunkSize: PIECE_SIZE_bytes }, (error, plain) => {
      if (error === null) resolve(plain);
      else if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') reject(tooLarge());
      else reject(new DoorError('bad-request', 'BAD_GZIP', 'the body is not what Content-Encoding: gzip promises'));
    });
  });
}

function checkedText(body: Buffer): Buffer {
  if (!isUtf8(body)) throw new DoorError('bad-request', 'NOT_UTF8', 'the body is not valid UTF-8');
  const plain = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body;
  if (plain.length === 0) throw new DoorError('bad-request', 'EMPTY_BODY', 'the body is empty');
  return plain;
}

function tooLarge(): DoorError {
  return new DoorError(
    'too-large',
    'BODY_TOO_LARGE',
    `a body holds at most ${BODY_SIZE_MAX_bytes} bytes, counted after inflating; split it`,
  );
}
